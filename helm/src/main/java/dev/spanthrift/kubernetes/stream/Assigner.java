package dev.spanthrift.kubernetes.stream;

/** Says what a pod's sidecar is to run; quick, and from any thread. */
public interface Assigner {
  Assignment assign(PodFacts pod);
}
