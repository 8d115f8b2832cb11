package dev.spanthrift.kubernetes.injection;

import java.util.Locale;

/** Why a pod gets no sidecar; the word stands in metric, Event, log and docs/INJECTION.md. */
public enum SkipReason {
  NOT_ENABLED("neither the namespace nor the pod asks for it", false),
  OPTED_OUT("the pod or its namespace says no", false),
  OTHER_REVISION("another revision of the injector is asked for", false),
  SYSTEM_NAMESPACE("the namespace is the cluster's or Spanthrift's own", false),
  ALREADY_INJECTED("there is a container called spanthrift", false),
  HOST_NETWORK("hostNetwork: the ports would be the node's", true),
  STATIC_POD("a static pod, or its mirror: the kubelet runs what its file says", true),
  WINDOWS("a pod for Windows", true),
  VIRTUAL_NODE("a pod for a virtual node, whose kubelet knows no sidecars", true),
  NO_NATIVE_SIDECARS("the cluster is older than 1.29 and knows no native sidecars", true),
  PORT_TAKEN("a container has one of the sidecar's ports", true),
  NAME_TAKEN("a volume has one of the sidecar's names", true),
  NO_CONTAINER("no container is the application's", true),
  NO_UPSTREAM("no backend is known for what the sidecar keeps", true),
  ENDPOINT_NOT_TAKEABLE("the application's endpoint cannot become the sidecar's upstream", true),
  INVALID_OPTION("a label or annotation has a value that means nothing", true),
  UNREADABLE("the object is not a pod", true);

  private final String sentence;
  private final boolean lack;

  SkipReason(String sentence, boolean lack) {
    this.sentence = sentence;
    this.lack = lack;
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** As an Event has it, such as {@code HostNetwork}. */
  public String eventWord() {
    StringBuilder word = new StringBuilder();
    for (String part : name().split("_", -1)) {
      word.append(part.charAt(0)).append(part.substring(1).toLowerCase(Locale.ROOT));
    }
    return word.toString();
  }

  public String sentence() {
    return sentence;
  }

  /** Whether the pod has no sidecar after all, which its owner's Events should say. */
  public boolean isWithout() {
    return this != ALREADY_INJECTED;
  }

  /** Whether somebody asked for a sidecar and does not get it: what the auditor reports. */
  public boolean isLack() {
    return lack;
  }
}
