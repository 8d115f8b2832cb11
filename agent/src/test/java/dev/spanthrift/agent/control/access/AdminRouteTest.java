package dev.spanthrift.agent.control.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;

class AdminRouteTest {
  private static boolean matches(String template, String path) {
    return new AdminRoute("GET", template, Role.VIEWER, false).matches(path);
  }

  @Test
  void aNameStandsForOneStep() {
    assertEquals(true, matches("/a/{b}/c", "/a/x/c"));
    assertEquals(false, matches("/a/{b}", "/a/x:y"));
    assertEquals(true, matches("/a/{b}:cancel", "/a/x:cancel"));
    assertEquals(true, matches("/", "/"));
    for (String path : List.of("/a/x/y/c", "/a//c", "/a/x/c/", "/a/x", "/A/x/c", "/a/x/c;p=1")) {
      assertEquals(false, matches("/a/{b}/c", path), path);
    }
    assertEquals(false, matches("/a/{b}:cancel", "/a/x"));
    assertEquals(false, matches("/a/{b}:cancel", "/a/x:keep"));
  }

  @Test
  void aPathThatIsWrittenInAnotherWayIsAnother() {
    assertNotNull(Routes.ALL.find("PUT", "/api/v1/policy"));
    for (String path :
        List.of("/api/v1/%70olicy", "/api/v1/policy/", "/api/v1/policy;a=b", "//api/v1/policy")) {
      assertNull(Routes.ALL.find("PUT", path), path);
    }
    assertNotNull(Routes.ALL.find("HEAD", "/api/v1/policy"));
    assertNull(Routes.ALL.find("TRACE", "/api/v1/policy"));
  }

  /** Who reads the path after us decodes it, and leaves out what stands behind a semicolon. */
  @Test
  void aNameHidesNoOtherRoute() {
    for (String hidden :
        List.of("x%3Aapply;a", "x%3aapply", "x;a", "x%3Ba", "x%2Fy", "x;a=b", "x%2fy")) {
      assertNull(Routes.ALL.find("POST", "/api/v1/recommendations/" + hidden + ":dismiss"), hidden);
      assertNull(Routes.ALL.find("GET", "/api/v1/boosts/" + hidden), hidden);
    }
    assertNotNull(Routes.ALL.find("GET", "/api/v1/boosts/caf%C3%A9"));
  }

  @Test
  void saysWhatAPathTakes() {
    assertEquals(
        List.of("GET", "HEAD", "OPTIONS", "PUT"), Routes.ALL.allowed("/api/v1/kill-switch"));
    assertEquals(List.of("OPTIONS", "POST"), Routes.ALL.allowed("/api/v1/policy:rollback"));
    assertEquals(List.of(), Routes.ALL.allowed("/api/v1/nothing"));
  }
}
