package dev.spanthrift.agent.config.settings;

/** Whether decisions are obeyed. */
public enum DecisionMode {
  ENFORCE,
  /** Every trace is decided and counted, and none is dropped. */
  SHADOW
}
