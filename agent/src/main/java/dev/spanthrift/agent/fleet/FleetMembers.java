package dev.spanthrift.agent.fleet;

import dev.spanthrift.agent.pipeline.FleetStatus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What sidecars say of themselves: fields of one line, with tabs between them.
 *
 * <p>Versions differ while a fleet is rolled out: who says less is shown with what it says, and
 * what a later one adds at the end is not read.
 */
final class FleetMembers {
  private static final int FIELDS_MIN = 8;
  private static final int RESIDENT = 8;
  private static final int PROCESSORS = 9;
  private static final int SHOWN_GENERATIONS = 12;
  private static final int SECONDS = 5;

  private FleetMembers() {}

  static byte[] pack(String pod, FleetDoor.Self self) {
    String line =
        String.join(
            "\t",
            pod.replace('\t', ' '),
            self.version(),
            self.policy(),
            self.price(),
            Double.toString(self.pricePerGigabyte()),
            Long.toString(self.spans()),
            Long.toString(self.bytes()),
            Long.toString(self.keptBytes()),
            said(self.residentBytes()),
            said(self.processors()));
    return line.getBytes(StandardCharsets.UTF_8);
  }

  private static String said(@Nullable Number number) {
    return number == null ? "" : number.toString();
  }

  static CompletableFuture<List<FleetStatus.Member>> read(
      Link link, byte[] key, long now, long millis) {
    return link.commands()
        .hgetall(key)
        .toCompletableFuture()
        .copy()
        .orTimeout(millis, TimeUnit.MILLISECONDS)
        .thenApply(all -> members(all.values(), now));
  }

  static List<FleetStatus.Member> members(Collection<byte[]> lines, long now) {
    List<FleetStatus.Member> members = new ArrayList<>();
    for (byte[] value : lines) {
      if (value.length >= 4) {
        ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        long ago = Math.max(0, now - (in.getInt() & 0xffffffffL));
        String[] fields =
            new String(value, 4, value.length - 4, StandardCharsets.UTF_8).split("\t", -1);
        if (ago <= SHOWN_GENERATIONS && fields.length >= FIELDS_MIN) {
          members.add(member(fields, ago * SECONDS));
        }
      }
    }
    members.sort(Comparator.comparing(FleetStatus.Member::pod));
    return members;
  }

  private static FleetStatus.Member member(String[] fields, long secondsAgo) {
    double perGigabyte = Double.parseDouble(fields[4]);
    long kept = Long.parseLong(fields[7]);
    return new FleetStatus.Member(
        fields[0],
        secondsAgo,
        fields[1],
        fields[2],
        fields[3],
        perGigabyte,
        Long.parseLong(fields[5]),
        Long.parseLong(fields[6]),
        kept,
        kept * perGigabyte / 1e9,
        isSaid(fields, RESIDENT) ? Long.valueOf(fields[RESIDENT]) : null,
        isSaid(fields, PROCESSORS) ? Double.valueOf(fields[PROCESSORS]) : null);
  }

  private static boolean isSaid(String[] fields, int at) {
    return fields.length > at && !fields[at].isEmpty();
  }
}
