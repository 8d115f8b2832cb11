package dev.spanthrift.agent.simulation;

import dev.spanthrift.agent.simulation.WhatIfAnswer.Quantity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Amounts by reason; reasons are names of policies and classes, so there are few. */
final class Reasons {
  private final Map<String, Integer> ids = new HashMap<>();
  private final List<long[]> amounts = new ArrayList<>(); // traces, spans, bytes

  /** Adds spans; answers the reason's id. */
  int add(String reason, int spans, long bytes) {
    int id = ids.computeIfAbsent(reason, r -> newId());
    long[] amount = amounts.get(id);
    amount[1] += spans;
    amount[2] += bytes;
    return id;
  }

  private int newId() {
    amounts.add(new long[3]);
    return amounts.size() - 1;
  }

  void addTrace(int id) {
    amounts.get(id)[0]++;
  }

  Map<String, Quantity> read() {
    Map<String, Quantity> all = new TreeMap<>();
    ids.forEach(
        (reason, id) -> {
          long[] amount = amounts.get(id);
          all.put(reason, new Quantity(amount[0], amount[1], amount[2]));
        });
    return all;
  }
}
