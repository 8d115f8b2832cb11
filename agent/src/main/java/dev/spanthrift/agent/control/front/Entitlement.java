package dev.spanthrift.agent.control.front;

/** Who may send a body. */
public enum Entitlement {
  /** It changes something: whoever has the token. */
  WRITE,

  /** It only asks: this machine, which includes all containers of a pod, and who has the token. */
  ASK
}
