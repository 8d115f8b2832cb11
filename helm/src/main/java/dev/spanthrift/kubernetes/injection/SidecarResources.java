package dev.spanthrift.kubernetes.injection;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;

/**
 * What a sidecar reserves, and the memory at which it alone is restarted; as Kubernetes writes it.
 */
public record SidecarResources(String cpuRequest, String memoryRequest, String memoryLimit) {
  public static final SidecarResources DEFAULT = new SidecarResources("50m", "192Mi", "256Mi");

  /** The least that the JVM lives in. */
  static final long MEMORY_LEAST_MEBIBYTES = 176;

  private static final BigDecimal MEBIBYTE = BigDecimal.valueOf(1 << 20);

  static boolean isQuantity(String value) {
    try {
      return amount(value).signum() > 0;
    } catch (IllegalArgumentException | ArithmeticException e) {
      return false;
    }
  }

  static BigDecimal amount(String quantity) {
    return Quantity.parse(quantity).getNumericalAmount();
  }

  static long mebibytes(String quantity) {
    return amount(quantity).divideToIntegralValue(MEBIBYTE).longValue();
  }

  /** The lesser of two. */
  static String least(String one, String other) {
    return amount(one).compareTo(amount(other)) <= 0 ? one : other;
  }
}
