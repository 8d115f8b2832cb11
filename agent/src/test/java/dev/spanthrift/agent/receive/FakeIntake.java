package dev.spanthrift.agent.receive;

import dev.spanthrift.agent.receive.door.Admission;
import dev.spanthrift.agent.receive.door.Intake;
import dev.spanthrift.sampler.wire.Signal;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Takes everything, remembers what it is told to, answers as it is told. */
public final class FakeIntake implements Intake {
  /** One request that came through. */
  public record Offered(Signal signal, byte[] bytes) {}

  public final List<Offered> offered = new CopyOnWriteArrayList<>();
  public final AtomicLong arrived = new AtomicLong();
  public final AtomicLong underWay = new AtomicLong();
  public final AtomicLong offers = new AtomicLong();
  public final AtomicLong offeredBytes = new AtomicLong();
  public final AtomicLong largestReserve = new AtomicLong();
  final Map<Refusal, AtomicLong> refused = new EnumMap<>(Refusal.class);
  public volatile Admission answer = Admission.ACCEPTED;
  public volatile Admission room = Admission.ACCEPTED;
  public volatile boolean remembers = true;
  public volatile boolean broken;

  public FakeIntake() {
    for (Refusal refusal : Refusal.values()) {
      refused.put(refusal, new AtomicLong());
    }
  }

  @Override
  public void arrived(Signal signal) {
    arrived.incrementAndGet();
    underWay.incrementAndGet();
  }

  @Override
  public <T> T ending(Signal signal, Supplier<T> becomes) {
    try {
      return becomes.get();
    } finally {
      underWay.decrementAndGet();
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

  public long refusals() {
    return refused.values().stream().mapToLong(AtomicLong::get).sum();
  }

  public long refusals(Refusal reason) {
    return refused.get(reason).get();
  }
}
