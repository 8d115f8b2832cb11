package dev.spanthrift.agent.config.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PlainTreeTest {
  private static final long SEED = 20261130;

  private static final List<Object> LEAVES =
      Arrays.asList(
          null,
          true,
          7,
          7_000_000_000L,
          0.25,
          1e300,
          new BigInteger("123456789012345678901234567890"),
          new BigDecimal("0.1000000000000000055"),
          "text",
          "");

  private final Random random = new Random(SEED);

  private Object any(int depth) {
    switch (depth == 0 ? 0 : random.nextInt(3)) {
      case 1 -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          map.put("k" + random.nextInt(9), any(depth - 1));
        }
        return map;
      }
      case 2 -> {
        return Arrays.asList(any(depth - 1), any(depth - 1));
      }
      default -> {
        return LEAVES.get(random.nextInt(LEAVES.size()));
      }
    }
  }

  @Test
  void isTheTreeThatJacksonMakesAndTheWayBackToo() {
    for (int i = 0; i < 2_000; i++) {
      Object root = Map.of("root", Arrays.asList(any(4)));
      JsonNode node = PlainTree.node(root);
      assertEquals(JsonMapper.shared().<JsonNode>valueToTree(root), node, "seed " + SEED);
      assertEquals(
          JsonMapper.shared().convertValue(node, new TypeReference<Map<String, Object>>() {}),
          PlainTree.map(node),
          "seed " + SEED);
    }
  }

  @Test
  void refusesWhatIsNoJson() {
    assertThrows(IllegalArgumentException.class, () -> PlainTree.node(new Object()));
  }
}
