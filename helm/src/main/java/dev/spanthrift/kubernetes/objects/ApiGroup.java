package dev.spanthrift.kubernetes.objects;

/** Names of the group. */
public final class ApiGroup {
  public static final String GROUP = "spanthrift.dev";
  public static final String VERSION = "v1alpha1";

  private ApiGroup() {}
}
