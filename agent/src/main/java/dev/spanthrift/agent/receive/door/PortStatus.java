package dev.spanthrift.agent.receive.door;

import java.util.Map;

/**
 * What one OTLP port has seen beside the requests of the signals; counts since start.
 *
 * @param port gRPC or HTTP
 * @param number where it listens
 * @param accepted connections that the system handed over: open + closed + refused
 * @param open at this moment
 * @param openMax more are not taken in
 * @param refused connections that found no place, by reason
 * @param strays what came and was no request of ours, by kind
 * @param pendingBytes of requests that are partly read
 */
public record PortStatus(
    String port,
    int number,
    long accepted,
    long open,
    int openMax,
    long closed,
    Map<String, Long> refused,
    Map<String, Long> strays,
    long pendingBytes) {

  /** Whether all places are taken. */
  public boolean hasNoPlace() {
    return open >= openMax;
  }
}
