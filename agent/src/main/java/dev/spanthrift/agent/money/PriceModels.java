package dev.spanthrift.agent.money;

import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.agent.config.yaml.Suggestions;
import dev.spanthrift.sampler.budget.price.Pricing;
import dev.spanthrift.sampler.budget.price.model.PriceModel;
import dev.spanthrift.sampler.budget.price.model.SpanCounters;
import dev.spanthrift.sampler.budget.price.model.Usage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The price models that come with the program, and the user's own by file. */
public final class PriceModels {

  private PriceModels() {}

  /** Their names, sorted. */
  public static List<String> ids() {
    return resource("index.txt").lines().filter(line -> !line.isBlank()).toList();
  }

  /**
   * A model by its name, or by the path of a file that ends in .yaml or .yml.
   *
   * @throws ModelException saying which names are near, or what is wrong in which line
   */
  public static PriceModel load(String idOrFile) throws ModelException {
    List<String> ids = ids();
    if (ids.contains(idOrFile)) {
      return ModelReader.read(resource(idOrFile + ".yaml"), idOrFile + ".yaml");
    }
    if (idOrFile.endsWith(".yaml") || idOrFile.endsWith(".yml")) {
      return file(idOrFile);
    }
    List<String> near = Suggestions.near(idOrFile, ids);
    String right =
        near.isEmpty()
            ? "a file ending in .yaml, or one of " + String.join(", ", ids)
            : "no such price model; did you mean " + String.join(" or ", near) + "?";
    throw new ModelException(List.of(new SettingProblem("price.model", idOrFile, "", right)));
  }

  /** Whether spans can be priced with it as it is: no price of theirs is left to a contract. */
  public static boolean isComplete(PriceModel model) {
    try {
      new Pricing(model, BigDecimal.ONE, new Usage(Map.of()), SpanCounters.USUAL);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static PriceModel file(String name) throws ModelException {
    try {
      Path file = Path.of(name);
      String text = InputFile.text("price.model", file);
      return ModelReader.read(text, String.valueOf(file.getFileName()));
    } catch (SettingsException e) {
      throw new ModelException(e.problems());
    } catch (InvalidPathException e) {
      throw new ModelException(
          List.of(new SettingProblem("price.model", name, "", "the path of a file")));
    }
  }

  private static String resource(String name) {
    try (@Nullable InputStream in = PriceModels.class.getResourceAsStream("models/" + name)) {
      if (in == null) {
        throw new IllegalStateException("not in the program: models/" + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
