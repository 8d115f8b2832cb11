package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.kubernetes.objects.BudgetSpec;
import dev.spanthrift.kubernetes.objects.ObjectKey;
import dev.spanthrift.kubernetes.objects.PolicySpec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** Objects as they are to be served. */
final class Known {
  private Known() {}

  /**
   * A policy: what pods have, and what some of them get instead.
   *
   * @param uid of the object
   * @param stable null: nothing that could be used yet
   * @param candidate what is rolled out; null when nothing is
   * @param percent of the pods that get it
   */
  record Policy(
      ObjectKey key,
      String uid,
      @Nullable Variant<PolicySpec> stable,
      @Nullable Variant<PolicySpec> candidate,
      int percent) {

    /** The same for the same pod whichever replica is asked, and in every step from its own on. */
    @Nullable Variant<PolicySpec> of(String podUid) {
      return candidate != null && bucket(podUid) < percent ? candidate : stable;
    }

    int bucket(String podUid) {
      try {
        byte[] digest =
            MessageDigest.getInstance("SHA-256")
                .digest((uid + "/" + podUid).getBytes(StandardCharsets.UTF_8));
        int number = (digest[0] & 0xff) << 16 | (digest[1] & 0xff) << 8 | digest[2] & 0xff;
        return (int) (number * 100L >> 24);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /**
   * A budget.
   *
   * @param parts into how many it is divided now
   */
  record Money(ObjectKey key, Variant<BudgetSpec> variant, int parts) {}
}
