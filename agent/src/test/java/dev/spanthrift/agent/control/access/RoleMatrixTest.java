package dev.spanthrift.agent.control.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.control.OpenApi;
import dev.spanthrift.agent.control.access.AccessSettings.Anonymous;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every operation of openapi.json by every role, by nobody and by whoever guesses. */
class RoleMatrixTest {
  @TempDir static Path directory;
  private static final Map<Role, String> TOKENS = new EnumMap<>(Role.class);
  private static final Map<Anonymous, AdminPort> PORTS = new EnumMap<>(Anonymous.class);
  private static HttpClient client;

  @BeforeAll
  static void start() throws Exception {
    Map<Role, Path> files = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      TOKENS.put(role, role.word() + "-token-93aa");
      files.put(
          role,
          Files.writeString(
              directory.resolve(role.word()),
              "former-" + role.word() + "\n" + TOKENS.get(role) + "\n"));
    }
    for (Anonymous anonymous : Anonymous.values()) {
      Path own = Files.createDirectory(directory.resolve(anonymous.name()));
      AccessSettings access = new AccessSettings(files, anonymous, null, Map.of());
      PORTS.put(anonymous, AdminPort.start(own, settings -> settings.withAccess(access)));
    }
    client = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stop() {
    PORTS.values().forEach(AdminPort::close);
    client.shutdownNow(); // close() would wait for the streams
  }

  private record Operation(String method, String path, @Nullable Role needs) {}

  private static List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    for (var path : OpenApi.get().root().path("paths").properties()) {
      for (var method : path.getValue().properties()) {
        JsonNode role = method.getValue().path("x-role");
        operations.add(
            new Operation(
                method.getKey().toUpperCase(Locale.ROOT),
                path.getKey().replaceAll("\\{[^}]+}", "1"),
                role.isMissingNode()
                    ? null
                    : Role.valueOf(role.asString().toUpperCase(Locale.ROOT))));
      }
    }
    return operations;
  }

  private static HttpResponse<String> ask(
      Anonymous anonymous, Operation operation, @Nullable String token) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(PORTS.get(anonymous).url() + operation.path()))
            .timeout(Duration.ofSeconds(60))
            .method(
                operation.method(),
                operation.method().equals("GET")
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString("{}"))
            .header("Content-Type", "application/json");
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return client.send(request.build(), OpenApi.unlessEndless());
  }

  @Test
  void everyRoleMayWhatItCoversAndNothingElse() throws Exception {
    List<Operation> operations = operations();
    assertTrue(operations.size() > 20, operations.toString());
    for (Operation operation : operations) {
      for (Anonymous anonymous : Anonymous.values()) {
        boolean free =
            operation.needs() == null
                || (operation.needs() == Role.VIEWER && anonymous != Anonymous.NOBODY);
        expect(free ? "" : "token-required", anonymous, operation, null);
        for (Role role : Role.values()) {
          boolean covered = free || role.covers(operation.needs());
          expect(covered ? "" : "role-required", anonymous, operation, TOKENS.get(role));
          expect(covered ? "" : "role-required", anonymous, operation, "former-" + role.word());
        }
      }
    }
  }

  private static void expect(
      String problem, Anonymous anonymous, Operation operation, @Nullable String token)
      throws Exception {
    String what = operation + " " + anonymous + " " + token;
    HttpResponse<String> answer = ask(anonymous, operation, token);
    int status = answer.statusCode();
    if (problem.isEmpty()) {
      assertTrue(status != 401 && status != 403 && status != 429, what + ": " + status);
    } else {
      JsonNode body = JsonMapper.shared().readTree(answer.body());
      assertEquals("/problems/" + problem, body.path("type").asString(), what);
      assertEquals(problem.equals("token-required") ? 401 : 403, status, what);
    }
  }

  @Test
  void openapiSaysTheSameRolesAsTheTable() {
    for (var path : OpenApi.get().root().path("paths").properties()) {
      for (var method : path.getValue().properties()) {
        AdminRoute route = Routes.ALL.find(method.getKey().toUpperCase(Locale.ROOT), path.getKey());
        String written = method.getValue().path("x-role").asString("");
        String known = route == null ? "none" : route.needs() == null ? "" : route.needs().word();
        assertEquals(known, written, method.getKey() + " " + path.getKey());
        assertEquals(
            written.isEmpty(), method.getValue().path("security").isEmpty(), path.getKey());
      }
    }
  }
}
