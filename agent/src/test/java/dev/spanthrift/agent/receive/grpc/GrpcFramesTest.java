package dev.spanthrift.agent.receive.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.receive.FakeIntake;
import dev.spanthrift.agent.receive.Samples;
import dev.spanthrift.agent.receive.door.Door;
import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.agent.receive.grpc.H2Peer.Frame;
import dev.spanthrift.agent.receive.loop.SweepClock;
import dev.spanthrift.sampler.wire.Signal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each frame of a client leads to, said and unsaid by RFC 9113. */
class GrpcFramesTest {
  private static final long SEED = Long.getLong("seed", 1);
  private static final byte[] TRACES = Samples.traces(21).toByteArray();
  private static final int RST_STREAM = Http2.RST_STREAM;
  private static final String PATH = ":path=/" + Signal.TRACES.grpcService() + "/Export";
  private static final String[] CALL = {
    ":method=POST", ":scheme=http", PATH, "content-type=application/grpc", "te=trailers"
  };

  private final FakeIntake intake = new FakeIntake();
  private FrameQueue out = new FrameQueue();
  private GrpcFrames frames;

  @BeforeEach
  void start() {
    connect();
  }

  @AfterEach
  void release() {
    out.release();
  }

  private void connect() {
    out.release();
    out = new FrameQueue();
    ReceiveSettings settings = ReceiveSettings.DEFAULT;
    Door door =
        new Door(
            "gRPC",
            intake,
            (signal, json, offset, length) -> {
              throw new AssertionError("gRPC carries no JSON here");
            },
            settings);
    frames =
        new GrpcFrames(
            settings,
            new GrpcCalls(
                settings,
                door,
                new GrpcWords(() -> 4318),
                out,
                new SweepClock("test sweep", settings.requestTimeout(), () -> {})),
            out);
  }

  @Test
  void anyCutOfTheBytesGivesTheSameAnswers() {
    byte[] bytes = session(7);
    send(bytes);
    byte[] whole = ByteBufUtil.getBytes(out.frames());
    assertEquals(7, intake.offered.size());
    Random random = new Random(SEED);
    for (int i = 0; i < 200; i++) {
      connect();
      for (int at = 0; at < bytes.length; ) {
        int end = Math.min(bytes.length, at + 1 + random.nextInt(1 + random.nextInt(3000)));
        send(Arrays.copyOfRange(bytes, at, end));
        at = end;
      }
      assertArrayEquals(whole, ByteBufUtil.getBytes(out.frames()), "seed " + SEED);
    }
    assertEquals(7 * 201, intake.offered.size());
    intake.offered.forEach(o -> assertArrayEquals(TRACES, o.bytes()));
  }

  @Test
  void anyCorruptionEndsWithAFaultOrAnAnswer() {
    byte[] bytes = session(3);
    Random random = new Random(SEED);
    int faults = 0;
    for (int i = 0; i < 20_000; i++) {
      connect();
      byte[] bad = bytes.clone();
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      try {
        send(bad);
      } catch (Http2.Fault | Http2.Stranger fault) {
        faults++;
      }
      answers(); // whole frames only, or this throws
    }
    assertTrue(faults > 100, faults + " faults, seed " + SEED);
    assertFalse(intake.offered.isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    ":method=POST :scheme=http content-type=application/grpc", // no path
    ":method=POST :scheme=http :path= content-type=application/grpc",
    ":method=POST :path=/a content-type=application/grpc",
    ":scheme=http :path=/a content-type=application/grpc",
    ":method=POST :scheme=http :path=/a :path=/b",
    ":method=POST :scheme=http :path=/a :status=200",
    ":method=POST :scheme=http :path=/a :unknown=1",
    ":method=POST :scheme=http :path=/a Content-Type=application/grpc",
    ":method=POST :scheme=http :path=/a connection=close",
    ":method=POST :scheme=http :path=/a te=gzip",
    "content-type=application/grpc :method=POST :scheme=http :path=/a",
  })
  void malformedRequestIsResetAndTheConnectionLives(String fields) {
    begin();
    send(headers(1, 5, fields.split(" ")));
    send(call(3));
    List<Frame> answers = answers();
    assertEquals(RST_STREAM, answers.getFirst().type());
    assertEquals(1, answers.getFirst().stream());
    assertEquals(Http2.PROTOCOL_ERROR, ByteBuffer.wrap(answers.getFirst().payload()).getInt());
    assertTrue(answers.getLast().endsStream());
    assertEquals(3, answers.getLast().stream());
    assertEquals(1, intake.offered.size());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 5, 0, PROTOCOL_ERROR", // DATA before its stream was opened
    "1, 4, 2, 0, PROTOCOL_ERROR", // HEADERS on a stream of the server
    "2, 0, 0, 5, PROTOCOL_ERROR", // PRIORITY of the connection
    "2, 0, 3, 4, FRAME_SIZE_ERROR",
    "3, 0, 3, 4, PROTOCOL_ERROR", // RST_STREAM before its stream was opened
    "3, 0, 1, 3, FRAME_SIZE_ERROR",
    "4, 0, 1, 0, PROTOCOL_ERROR", // SETTINGS of a stream
    "4, 1, 0, 6, FRAME_SIZE_ERROR",
    "4, 0, 0, 5, FRAME_SIZE_ERROR",
    "5, 0, 1, 8, PROTOCOL_ERROR", // PUSH_PROMISE
    "6, 0, 1, 8, PROTOCOL_ERROR", // PING of a stream
    "6, 0, 0, 7, FRAME_SIZE_ERROR",
    "7, 0, 1, 8, PROTOCOL_ERROR", // GOAWAY of a stream
    "8, 0, 0, 4, PROTOCOL_ERROR", // WINDOW_UPDATE by nothing
    "8, 0, 0, 3, FRAME_SIZE_ERROR",
    "9, 4, 1, 1, PROTOCOL_ERROR", // CONTINUATION of nothing
    "0, 1, 1, 5, STREAM_CLOSED", // DATA after the end of its stream
    "1, 5, 1, 1, STREAM_CLOSED", // HEADERS after the end of their stream
  })
  void brokenProtocolEndsTheConnection(int type, int flags, int stream, int bytes, String code) {
    begin();
    send(call(1));
    byte[] payload = new byte[bytes];
    if (type == Http2.HEADERS && bytes == 1) {
      payload[0] = (byte) 0x83; // :method POST
    }
    Http2.Fault fault =
        assertThrows(Http2.Fault.class, () -> send(frame(type, flags, stream, payload)));
    assertEquals(codeOf(code), fault.code, fault.getMessage());
  }

  private static int codeOf(String name) {
    return switch (name) {
      case "PROTOCOL_ERROR" -> Http2.PROTOCOL_ERROR;
      case "FRAME_SIZE_ERROR" -> Http2.FRAME_SIZE_ERROR;
      case "STREAM_CLOSED" -> Http2.STREAM_CLOSED;
      default -> throw new AssertionError(name);
    };
  }

  @Test
  void headerBlockInPiecesIsOneBlockAndNothingMayComeBetween() {
    begin();
    byte[] block = block(CALL);
    send(frame(Http2.HEADERS, 0, 1, Arrays.copyOf(block, 9)));
    send(frame(Http2.CONTINUATION, 0, 1, Arrays.copyOfRange(block, 9, 20)));
    send(frame(Http2.CONTINUATION, 4, 1, Arrays.copyOfRange(block, 20, block.length)));
    send(frame(Http2.DATA, 1, 1, message()));
    assertEquals(1, intake.offered.size());
    send(frame(Http2.HEADERS, 0, 3, Arrays.copyOf(block, 9)));
    assertThrows(Http2.Fault.class, () -> send(frame(Http2.PING, 0, 0, new byte[8])));
  }

  @Test
  void endlessHeaderBlockIsCutOff() {
    begin();
    send(frame(Http2.HEADERS, 0, 1, block(CALL)));
    Http2.Fault fault =
        assertThrows(
            Http2.Fault.class,
            () -> {
              for (int i = 0; i < 100; i++) {
                send(frame(Http2.CONTINUATION, 0, 1, new byte[1000]));
              }
            });
    assertEquals(Http2.ENHANCE_YOUR_CALM, fault.code);
  }

  @Test
  void framesThatDoNothingAndResetsAreBounded() {
    begin();
    for (int i = 0; i < 900; i++) {
      send(frame(Http2.PING, 0, 0, new byte[8]));
    }
    send(call(1)); // one that does something
    for (int i = 0; i < 900; i++) {
      send(frame(Http2.SETTINGS, 1, 0, new byte[0]));
    }
    assertCalm(() -> send(frame(Http2.PING, 0, 0, new byte[8])), 200);
    connect();
    begin();
    int[] stream = {1};
    assertCalm(
        () -> {
          send(headers(stream[0], 4, CALL));
          send(frame(RST_STREAM, 0, stream[0], new byte[4]));
          stream[0] += 2;
        },
        3_000);
  }

  private static void assertCalm(Runnable step, int times) {
    Http2.Fault fault =
        assertThrows(
            Http2.Fault.class,
            () -> {
              for (int i = 0; i < times; i++) {
                step.run();
              }
            });
    assertEquals(Http2.ENHANCE_YOUR_CALM, fault.code);
  }

  @Test
  void answersWaitForTheClientsWindowAndGoInOrder() {
    begin();
    send(frame(Http2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 3})); // windows of three bytes
    send(call(1));
    send(call(3));
    List<Frame> before = answers();
    assertFalse(before.stream().anyMatch(Frame::endsStream));
    send(windowUpdate(1, 2));
    assertTrue(answers().stream().anyMatch(f -> f.stream() == 1 && f.endsStream()));
    send(windowUpdate(3, 1));
    send(windowUpdate(3, 1));
    List<Frame> last = answers();
    assertTrue(last.stream().anyMatch(f -> f.stream() == 3 && f.endsStream()));
    assertEquals(2, intake.offered.size());
  }

  @Test
  void resetOfTheAnswerThatBlocksLetsThoseBehindItGo() {
    begin();
    send(frame(Http2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0})); // windows of nothing
    send(call(1));
    send(call(3));
    send(windowUpdate(3, 5));
    assertFalse(answers().stream().anyMatch(Frame::endsStream)); // the first one has none
    send(frame(RST_STREAM, 0, 1, new byte[4]));
    assertTrue(answers().stream().anyMatch(f -> f.stream() == 3 && f.endsStream()));
  }

  @Test
  void windowAboveTheMaximumEndsItsStreamOrTheConnection() {
    begin();
    send(headers(1, 4, CALL));
    send(windowUpdate(1, Integer.MAX_VALUE));
    Frame reset = answers().getLast();
    assertEquals(RST_STREAM, reset.type());
    assertEquals(Http2.FLOW_CONTROL_ERROR, ByteBuffer.wrap(reset.payload()).getInt());
    Http2.Fault fault =
        assertThrows(Http2.Fault.class, () -> send(windowUpdate(0, Integer.MAX_VALUE)));
    assertEquals(Http2.FLOW_CONTROL_ERROR, fault.code);
  }

  @Test
  void paddingAndPriorityAreSkippedAndTooMuchPaddingIsAFault() {
    begin();
    ByteArrayOutputStream padded = new ByteArrayOutputStream();
    padded.write(3);
    padded.writeBytes(new byte[5]);
    padded.writeBytes(block(CALL));
    padded.writeBytes(new byte[3]);
    send(frame(Http2.HEADERS, 4 | 8 | 0x20, 1, padded.toByteArray()));
    padded.reset();
    padded.write(200);
    padded.writeBytes(message());
    padded.writeBytes(new byte[200]);
    send(frame(Http2.DATA, 1 | 8, 1, padded.toByteArray()));
    assertArrayEquals(TRACES, intake.offered.getFirst().bytes());
    send(headers(3, 4, CALL));
    assertThrows(Http2.Fault.class, () -> send(frame(Http2.DATA, 1 | 8, 3, new byte[] {9, 0, 0})));
  }

  /** Preface, settings, and so many calls, all in one. */
  private static byte[] session(int calls) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(preface());
    for (int i = 0; i < calls; i++) {
      bytes.writeBytes(call(2 * i + 1));
    }
    return bytes.toByteArray();
  }

  private void begin() {
    send(preface());
    answers();
  }

  private static byte[] preface() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(frame(Http2.SETTINGS, 0, 0, new byte[0]));
    return bytes.toByteArray();
  }

  private static byte[] call(int stream) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(headers(stream, 4, CALL));
    bytes.writeBytes(frame(Http2.DATA, 1, stream, message()));
    return bytes.toByteArray();
  }

  private static byte[] message() {
    return ByteBuffer.allocate(5 + TRACES.length)
        .put((byte) 0)
        .putInt(TRACES.length)
        .put(TRACES)
        .array();
  }

  private static byte[] headers(int stream, int flags, String... fields) {
    return frame(Http2.HEADERS, flags, stream, block(fields));
  }

  private static byte[] block(String... fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (String field : fields) {
      int at = field.indexOf('=', 1);
      block.write(0);
      for (String text : List.of(field.substring(0, at), field.substring(at + 1))) {
        block.write(text.length()); // all are shorter than 127
        block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
      }
    }
    return block.toByteArray();
  }

  private static byte[] windowUpdate(int stream, int bytes) {
    return frame(Http2.WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(bytes).array());
  }

  private static byte[] frame(int type, int flags, int stream, byte[] payload) {
    ByteBuf frame = Unpooled.buffer();
    Http2.header(frame, payload.length, type, flags, stream);
    frame.writeBytes(payload);
    return ByteBufUtil.getBytes(frame);
  }

  private void send(byte[] bytes) {
    frames.read(Unpooled.wrappedBuffer(bytes));
  }

  /** Takes what was written, and reads it as frames. */
  private List<Frame> answers() {
    ByteBuf written = out.frames();
    List<Frame> answers = new ArrayList<>();
    while (written.isReadable()) {
      int length = written.readUnsignedMedium();
      int type = written.readUnsignedByte();
      int flags = written.readUnsignedByte();
      int stream = written.readInt();
      byte[] payload = new byte[length];
      written.readBytes(payload);
      answers.add(new Frame(type, flags, stream, payload));
    }
    return answers;
  }
}
