package dev.spanthrift.agent.receive;

import dev.spanthrift.sampler.wire.Signal;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Takes everything, remembers what it is told to, answers as it is told. */
final class FakeIntake implements Intake {
  /** One request that came through. */
  record Offered(Signal signal, byte[] bytes) {}

  final List<Offered> offered = new CopyOnWriteArrayList<>();
  final AtomicLong offers = new AtomicLong();
  final AtomicLong offeredBytes = new AtomicLong();
  final AtomicLong largestReserve = new AtomicLong();
  final Map<Refusal, AtomicLong> refused = new EnumMap<>(Refusal.class);
  volatile Admission answer = Admission.ACCEPTED;
  volatile Admission room = Admission.ACCEPTED;
  volatile boolean remembers = true;
  volatile boolean broken;

  FakeIntake() {
    for (Refusal refusal : Refusal.values()) {
      refused.put(refusal, new AtomicLong());
    }
  }

  @Override
  public Admission offer(Signal signal, byte[] buffer, int offset, int length) {
    offers.incrementAndGet();
    offeredBytes.addAndGet(length);
    if (broken) {
      throw new IllegalStateException("broken on purpose");
    }
    if (remembers) {
      offered.add(new Offered(signal, Arrays.copyOfRange(buffer, offset, offset + length)));
    }
    return answer;
  }

  @Override
  public Admission reserve(Signal signal, long bytes) {
    largestReserve.accumulateAndGet(bytes, Math::max);
    return room;
  }

  @Override
  public void refused(Signal signal, Refusal reason) {
    refused.get(reason).incrementAndGet();
  }

  long refusals() {
    return refused.values().stream().mapToLong(AtomicLong::get).sum();
  }

  long refusals(Refusal reason) {
    return refused.get(reason).get();
  }
}
