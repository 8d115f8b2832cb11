package dev.spanthrift.agent.receive.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.receive.FakeIntake;
import dev.spanthrift.agent.receive.Samples;
import dev.spanthrift.agent.receive.TestSettings;
import dev.spanthrift.agent.receive.grpc.H2Peer.Frame;
import dev.spanthrift.agent.receive.loop.Loops;
import dev.spanthrift.sampler.wire.Signal;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What RFC 9113 and RFC 7541 ask of a server, at the gRPC port: a section each, in the order of the
 * standards.
 *
 * <p>The cases are those of h2spec that matter without the priorities of RFC 7540, and some more;
 * {@link H2SpecTest} runs the tool itself.
 */
class Http2RulesTest {
  private static final byte[] TRACES = Samples.traces(3).toByteArray();
  private static final String PATH = "/" + Signal.TRACES.grpcService() + "/Export";
  private static final String[] CALL = {
    ":method=POST", ":scheme=http", ":path=" + PATH, "content-type=application/grpc", "te=trailers"
  };
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int PRIORITY = 2;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PUSH_PROMISE = 5;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int PADDED = 8;
  private static final int FIRST = 1; // stream

  private static Loops loops;
  private static GrpcReceiver receiver;

  @BeforeAll
  static void start() {
    loops = Loops.create();
    receiver = GrpcReceiver.start(TestSettings.LOOPBACK, loops, new FakeIntake());
  }

  @AfterAll
  static void stop() {
    receiver.stop(Duration.ofSeconds(1));
    loops.close(Duration.ofSeconds(5));
  }

  private final List<DynamicTest> rules = new ArrayList<>();

  /** A rule with what a client does, and what must come of it. */
  private void rule(String name, Consumer<H2Peer> client, Consumer<H2Peer> outcome) {
    rules.add(
        DynamicTest.dynamicTest(
            name,
            () -> {
              try (H2Peer peer = new H2Peer(receiver.address())) {
                client.accept(peer);
                outcome.accept(peer);
              }
            }));
  }

  private static Consumer<H2Peer> frame(int type, int flags, int stream, int... payload) {
    return peer -> peer.send(type, flags, stream, bytes(payload));
  }

  private static Consumer<H2Peer> headers(int flags, int stream, String... fields) {
    return peer -> peer.send(HEADERS, flags, stream, block(fields));
  }

  /** Opens the first stream with the headers of a call, and goes on. */
  private static Consumer<H2Peer> opened(Consumer<H2Peer> then) {
    return headers(END_HEADERS, FIRST, CALL).andThen(then);
  }

  /** A whole call on the first stream, answered, and then this. */
  private static Consumer<H2Peer> closed(Consumer<H2Peer> then) {
    return peer -> {
      opened(frames -> frames.send(DATA, END_STREAM, FIRST, message())).accept(peer);
      assertEquals("0", peer.answer(FIRST).get("grpc-status"));
      then.accept(peer);
    };
  }

  private static Consumer<H2Peer> setting(int name, int value) {
    return peer ->
        peer.send(
            SETTINGS, 0, 0, ByteBuffer.allocate(6).putShort((short) name).putInt(value).array());
  }

  /** The connection ends with one of these codes, and is closed. */
  private static Consumer<H2Peer> ends(int... codes) {
    return peer -> {
      Frame frame = peer.read();
      while (frame.type() != GOAWAY) {
        frame = peer.read();
      }
      int code = ByteBuffer.wrap(frame.payload()).getInt(4);
      assertTrue(Arrays.stream(codes).anyMatch(c -> c == code), "ended by " + code);
      assertTrue(peer.ended());
    };
  }

  /** The stream is reset, and the connection lives. */
  private static Consumer<H2Peer> resets(int stream, int code) {
    return peer -> {
      Frame frame = peer.read();
      while (frame.type() != RST_STREAM) {
        assertTrue(frame.type() != GOAWAY, "connection ended");
        frame = peer.read();
      }
      assertEquals(stream, frame.stream());
      assertEquals(code, ByteBuffer.wrap(frame.payload()).getInt());
      lives(stream + 2).accept(peer);
    };
  }

  /** A call on this stream is answered. */
  private static Consumer<H2Peer> lives(int stream) {
    return peer -> {
      peer.send(HEADERS, END_HEADERS, stream, block(CALL));
      peer.send(DATA, END_STREAM, stream, message());
      assertEquals("0", peer.answer(stream).get("grpc-status"));
    };
  }

  @TestFactory
  List<DynamicTest> rfc9113_framesAndConnection() {
    rule(
        "3.4 the server speaks first by SETTINGS",
        peer -> {},
        peer -> assertEquals(SETTINGS, peer.frame().type()));
    rule("4.1 frames of unknown types are ignored", frame(0x55, 0xff, 0, 1, 2, 3), lives(1));
    rule(
        "4.1 flags that mean nothing are ignored",
        frame(PING, 0xfe, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        lives(1));
    rule(
        "4.1 the reserved bit of a stream is ignored",
        frame(WINDOW_UPDATE, 0, 1 << 31, 0, 0, 0, 1),
        lives(1));
    for (int type : new int[] {DATA, HEADERS, SETTINGS, PING}) {
      rule(
          "4.2 a frame of type " + type + " above SETTINGS_MAX_FRAME_SIZE ends the connection",
          opened(
              peer ->
                  peer.send(
                      type, 0, type == DATA || type == HEADERS ? FIRST : 0, new byte[16_385])),
          ends(Http2.FRAME_SIZE_ERROR));
    }
    rule(
        "4.2 a frame of exactly SETTINGS_MAX_FRAME_SIZE is read",
        opened(
            peer -> {
              byte[] large = new byte[16_384];
              ByteBuffer.wrap(large).put((byte) 0).putInt(large.length - 5);
              peer.send(DATA, END_STREAM, FIRST, large);
            }),
        peer -> assertEquals("0", peer.answer(FIRST).get("grpc-status")));
    rule(
        "4.3 a header block that cannot be decoded ends the connection",
        frame(HEADERS, END_HEADERS, FIRST, 0x40, 0xff),
        ends(Http2.COMPRESSION_ERROR));
    for (int type : new int[] {PRIORITY, DATA, PING, HEADERS}) {
      rule(
          "4.3 a frame of type " + type + " amid a header block ends the connection",
          headers(0, FIRST, CALL).andThen(frame(type, 0, type == PING ? 0 : FIRST, 0, 0, 0, 0, 0)),
          ends(Http2.PROTOCOL_ERROR, Http2.FRAME_SIZE_ERROR));
    }
    rule(
        "4.3 CONTINUATION of another stream ends the connection",
        headers(0, FIRST, CALL).andThen(frame(CONTINUATION, END_HEADERS, 3, 0x83)),
        ends(Http2.PROTOCOL_ERROR));
    rule("5.5 unknown settings are ignored", setting(0x99, 7), lives(1));
    rule(
        "6.5 SETTINGS of a stream end the connection",
        frame(SETTINGS, 0, 1),
        ends(Http2.PROTOCOL_ERROR));
    rule(
        "6.5 a receipt with a payload ends the connection",
        frame(SETTINGS, 1, 0, 1, 2, 3, 4, 5, 6),
        ends(Http2.FRAME_SIZE_ERROR));
    rule(
        "6.5 SETTINGS of 5 bytes end the connection",
        frame(SETTINGS, 0, 0, 1, 2, 3, 4, 5),
        ends(Http2.FRAME_SIZE_ERROR));
    rule(
        "6.5.2 SETTINGS_ENABLE_PUSH of 2 ends the connection",
        setting(2, 2),
        ends(Http2.PROTOCOL_ERROR));
    rule(
        "6.5.2 SETTINGS_INITIAL_WINDOW_SIZE of 2^31 ends the connection",
        setting(4, 1 << 31),
        ends(Http2.FLOW_CONTROL_ERROR));
    rule(
        "6.5.2 SETTINGS_MAX_FRAME_SIZE of 16,383 ends the connection",
        setting(5, 16_383),
        ends(Http2.PROTOCOL_ERROR));
    rule(
        "6.5.2 SETTINGS_MAX_FRAME_SIZE of 2^24 ends the connection",
        setting(5, 1 << 24),
        ends(Http2.PROTOCOL_ERROR));
    rule("6.5.3 SETTINGS are acknowledged", peer -> {}, peer -> acknowledged(peer));
    rule(
        "6.6 PUSH_PROMISE of a client ends the connection",
        frame(PUSH_PROMISE, END_HEADERS, 1, 0, 0, 0, 2),
        ends(Http2.PROTOCOL_ERROR));
    rule(
        "6.7 PING is answered with its own bytes",
        frame(PING, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8),
        Http2RulesTest::ponged);
    rule(
        "6.7 PING of a stream ends the connection",
        frame(PING, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8),
        ends(Http2.PROTOCOL_ERROR));
    rule(
        "6.7 PING of 6 bytes ends the connection",
        frame(PING, 0, 0, 1, 2, 3, 4, 5, 6),
        ends(Http2.FRAME_SIZE_ERROR));
    rule(
        "6.8 GOAWAY of a stream ends the connection",
        frame(GOAWAY, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
        ends(Http2.PROTOCOL_ERROR));
    rule(
        "6.8 a client's GOAWAY leaves what runs",
        opened(frame(GOAWAY, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
            .andThen(peer -> peer.send(DATA, END_STREAM, FIRST, message())),
        peer -> assertEquals("0", peer.answer(FIRST).get("grpc-status")));
    rule(
        "6.9 WINDOW_UPDATE by nothing ends the connection",
        frame(WINDOW_UPDATE, 0, 0, 0, 0, 0, 0),
        ends(Http2.PROTOCOL_ERROR));
    rule(
        "6.9 WINDOW_UPDATE of 3 bytes ends the connection",
        frame(WINDOW_UPDATE, 0, 0, 0, 0, 1),
        ends(Http2.FRAME_SIZE_ERROR));
    rule(
        "6.9.1 a window of the connection above 2^31-1 ends it",
        frame(WINDOW_UPDATE, 0, 0, 0x7f, 0xff, 0xff, 0xff),
        ends(Http2.FLOW_CONTROL_ERROR));
    rule(
        "6.9.1 a window of a stream above 2^31-1 resets it",
        opened(frame(WINDOW_UPDATE, 0, FIRST, 0x7f, 0xff, 0xff, 0xff)),
        resets(FIRST, Http2.FLOW_CONTROL_ERROR));
    rule(
        "6.9.1 an answer waits for its window",
        setting(4, 3).andThen(opened(peer -> peer.send(DATA, END_STREAM, FIRST, message()))),
        Http2RulesTest::sentBySizes);
    rule(
        "6.9.2 windows that have become negative are filled up again",
        negativeWindow(),
        peer -> assertEquals("0", peer.answer(FIRST).get("grpc-status")));
    return rules;
  }

  @Test
  void rfc9113_3_4_aClientMustBeginWithSettings() {
    try (H2Peer peer = new H2Peer(receiver.address(), false)) {
      peer.sendRaw(H2Peer.PREFACE.getBytes(StandardCharsets.US_ASCII));
      peer.send(PING, 0, 0, new byte[8]);
      ends(Http2.PROTOCOL_ERROR).accept(peer);
    }
  }

  @TestFactory
  List<DynamicTest> rfc9113_streams() {
    rule(
        "5.1 DATA of an idle stream ends the connection",
        frame(DATA, 0, 1, 0),
        ends(Http2.PROTOCOL_ERROR));
    rule(
        "5.1 RST_STREAM of an idle stream ends the connection",
        frame(RST_STREAM, 0, 1, 0, 0, 0, 8),
        ends(Http2.PROTOCOL_ERROR));
    rule(
        "5.1 WINDOW_UPDATE of an idle stream ends the connection",
        frame(WINDOW_UPDATE, 0, 1, 0, 0, 0, 1),
        ends(Http2.PROTOCOL_ERROR));
    rule(
        "5.1 PRIORITY of an idle stream is ignored",
        frame(PRIORITY, 0, 5, 0, 0, 0, 0, 1),
        lives(1));
    rule(
        "5.1 DATA after its end ends the connection",
        closed(frame(DATA, 0, FIRST, 0)),
        ends(Http2.STREAM_CLOSED));
    rule(
        "5.1 HEADERS after their end end the connection",
        closed(headers(5, FIRST, CALL)),
        ends(Http2.STREAM_CLOSED, Http2.PROTOCOL_ERROR));
    rule(
        "5.1 WINDOW_UPDATE and RST_STREAM after the end are ignored",
        closed(
            frame(WINDOW_UPDATE, 0, FIRST, 0, 0, 0, 1)
                .andThen(frame(RST_STREAM, 0, FIRST, 0, 0, 0, 8))),
        lives(3));
    rule(
        "5.1 DATA behind a client's own reset resets the stream once, and the connection lives",
        opened(
            frame(DATA, 0, FIRST, 0, 0, 0, 9, 9)
                .andThen(frame(RST_STREAM, 0, FIRST, 0, 0, 0, 8))
                .andThen(frame(DATA, 0, FIRST, 1, 2, 3))
                .andThen(frame(DATA, END_STREAM, FIRST, 4, 5))),
        resets(FIRST, Http2.STREAM_CLOSED));
    rule(
        "5.1.1 an even stream ends the connection",
        headers(END_HEADERS, 2, CALL),
        ends(Http2.PROTOCOL_ERROR));
    rule(
        "5.1.1 a stream below the last ends the connection",
        headers(5, 5, CALL).andThen(headers(5, 3, CALL)),
        ends(Http2.PROTOCOL_ERROR, Http2.STREAM_CLOSED));
    rule("5.1.2 a stream too many is refused", manyStreams(), refusedLast());
    rule(
        "6.1 DATA of no stream ends the connection",
        frame(DATA, 0, 0, 1),
        ends(Http2.PROTOCOL_ERROR));
    rule(
        "6.1 padding longer than DATA ends the connection",
        opened(frame(DATA, PADDED, FIRST, 9, 0, 0)),
        ends(Http2.PROTOCOL_ERROR));
    rule(
        "6.2 HEADERS of no stream end the connection",
        headers(END_HEADERS, 0, CALL),
        ends(Http2.PROTOCOL_ERROR));
    rule(
        "6.2 padding longer than HEADERS ends the connection",
        frame(HEADERS, END_HEADERS | PADDED, FIRST, 99, 0x83),
        ends(Http2.PROTOCOL_ERROR));
    rule(
        "6.3 PRIORITY of no stream ends the connection",
        frame(PRIORITY, 0, 0, 0, 0, 0, 0, 1),
        ends(Http2.PROTOCOL_ERROR));
    rule(
        "6.3 PRIORITY of 4 bytes ends its stream or the connection",
        opened(frame(PRIORITY, 0, FIRST, 0, 0, 0, 0)),
        ends(Http2.FRAME_SIZE_ERROR));
    rule(
        "6.4 RST_STREAM of no stream ends the connection",
        frame(RST_STREAM, 0, 0, 0, 0, 0, 8),
        ends(Http2.PROTOCOL_ERROR));
    rule(
        "6.4 RST_STREAM of 3 bytes ends the connection",
        opened(frame(RST_STREAM, 0, FIRST, 0, 0, 8)),
        ends(Http2.FRAME_SIZE_ERROR));
    rule(
        "6.10 CONTINUATION of nothing ends the connection",
        frame(CONTINUATION, END_HEADERS, 1, 0x83),
        ends(Http2.PROTOCOL_ERROR));
    rule(
        "6.10 CONTINUATION after the end of its block ends the connection",
        opened(frame(CONTINUATION, END_HEADERS, FIRST, 0x83)),
        ends(Http2.PROTOCOL_ERROR));
    rule(
        "6.10 a block in pieces is one block",
        inPieces(),
        peer -> assertEquals("0", peer.answer(FIRST).get("grpc-status")));
    rule(
        "8.1 HEADERS amid a request end it or the connection",
        opened(headers(END_HEADERS, FIRST, CALL)),
        ends(Http2.PROTOCOL_ERROR));
    rule(
        "8.1.1 DATA of another sum than content-length reset the stream",
        headers(END_HEADERS, FIRST, with("content-length=1"))
            .andThen(peer -> peer.send(DATA, END_STREAM, FIRST, message())),
        resets(FIRST, Http2.PROTOCOL_ERROR));
    rule(
        "8.1.1 no DATA in place of content-length reset the stream",
        headers(5, FIRST, with("content-length=9")),
        resets(FIRST, Http2.PROTOCOL_ERROR));
    Map.of(
            "8.2.1 upper case in a name",
            with("X-Upper=1"),
            "8.2.2 connection",
            with("connection=keep-alive"),
            "8.2.2 te of other than trailers",
            with("te=gzip"),
            "8.3 an unknown pseudo field",
            with(":unknown=1"),
            "8.3 a pseudo field of answers",
            with(":status=200"),
            "8.3 a pseudo field behind a field",
            new String[] {"a=b", ":method=POST", ":scheme=http", ":path=/a"},
            "8.3.1 an empty path",
            new String[] {":method=POST", ":scheme=http", ":path="},
            "8.3.1 no path",
            new String[] {":method=POST", ":scheme=http"},
            "8.3.1 no method",
            new String[] {":scheme=http", ":path=/a"},
            "8.3.1 no scheme",
            new String[] {":method=POST", ":path=/a"})
        .forEach(
            (name, fields) ->
                rule(
                    name + " makes the request malformed",
                    headers(5, FIRST, fields),
                    resets(FIRST, Http2.PROTOCOL_ERROR)));
    rule(
        "8.3.1 two paths make the request malformed",
        headers(5, FIRST, ":method=POST", ":scheme=http", ":path=/a", ":path=/b"),
        resets(FIRST, Http2.PROTOCOL_ERROR));
    return rules;
  }

  @TestFactory
  List<DynamicTest> rfc7541_headerCompression() {
    Consumer<H2Peer> fails = ends(Http2.COMPRESSION_ERROR);
    rule(
        "2.3.3 an index behind both tables ends the connection",
        frame(HEADERS, 5, FIRST, 0xff, 0x7f),
        fails);
    rule(
        "4.2 a change of the table's size behind a field ends the connection",
        frame(HEADERS, 5, FIRST, 0x83, 0x86, 0x84, 0x20),
        fails);
    rule(
        "5.1 a number without an end ends the connection",
        frame(HEADERS, 5, FIRST, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
        fails);
    rule(
        "5.2 Huffman padding of more than 7 bits ends the connection",
        frame(
            HEADERS, 5, FIRST, 0x00, 0x85, 0xf2, 0xb2, 0x4a, 0x84, 0xff, 0x84, 0x49, 0x50, 0x9f,
            0xff),
        fails);
    rule(
        "5.2 Huffman padding of zeros ends the connection",
        frame(HEADERS, 5, FIRST, 0x00, 0x85, 0xf2, 0xb2, 0x4a, 0x84, 0xff, 0x83, 0x49, 0x50, 0x90),
        fails);
    rule(
        "5.2 the end of string inside a string ends the connection",
        frame(
            HEADERS, 5, FIRST, 0x00, 0x85, 0xf2, 0xb2, 0x4a, 0x84, 0xff, 0x87, 0xff, 0xff, 0xff,
            0xfa, 0x42, 0xd5, 0x00),
        fails);
    rule("6.1 the index 0 ends the connection", frame(HEADERS, 5, FIRST, 0x80), fails);
    rule(
        "6.3 a table above SETTINGS_HEADER_TABLE_SIZE ends the connection",
        frame(HEADERS, 5, FIRST, 0x3f, 0xe1, 0x7f),
        fails);
    rule(
        "6.2 every kind of literal is read",
        literals(),
        peer -> assertEquals("0", peer.answer(FIRST).get("grpc-status")));
    rule(
        "2.3.2 what the table has learned is an index from then on",
        learned(),
        peer -> assertEquals("0", peer.answer(3).get("grpc-status")));
    return rules;
  }

  private static void acknowledged(H2Peer peer) {
    Frame frame = peer.frame();
    while (frame.type() != SETTINGS || (frame.flags() & 1) == 0) {
      frame = peer.frame();
    }
    assertEquals(0, frame.payload().length);
  }

  private static void ponged(H2Peer peer) {
    Frame frame = peer.frame();
    while (frame.type() != PING) {
      frame = peer.frame();
    }
    assertEquals(1, frame.flags());
    assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, frame.payload());
  }

  private static void sentBySizes(H2Peer peer) {
    Frame frame = peer.read();
    while (frame.type() != DATA) {
      frame = peer.read();
    }
    assertEquals(3, frame.payload().length);
    peer.send(WINDOW_UPDATE, 0, FIRST, new byte[] {0, 0, 0, 2});
    frame = peer.read();
    assertEquals(2, frame.payload().length);
    assertEquals("0", Hpack.fields(peer.read().payload()).get("grpc-status"));
  }

  private static Consumer<H2Peer> negativeWindow() {
    return setting(4, 3)
        .andThen(opened(peer -> peer.send(DATA, END_STREAM, FIRST, message())))
        .andThen(setting(4, 1))
        .andThen(frame(WINDOW_UPDATE, 0, FIRST, 0, 0, 0, 2))
        .andThen(frame(WINDOW_UPDATE, 0, FIRST, 0, 0, 0, 2));
  }

  private static Consumer<H2Peer> manyStreams() {
    return peer -> {
      for (int i = 0; i <= 256; i++) {
        peer.send(HEADERS, END_HEADERS, 2 * i + 1, block(CALL));
      }
    };
  }

  private static Consumer<H2Peer> refusedLast() {
    return peer -> {
      Frame frame = peer.read();
      assertEquals(RST_STREAM, frame.type());
      assertEquals(513, frame.stream());
      assertEquals(Http2.REFUSED_STREAM, ByteBuffer.wrap(frame.payload()).getInt());
      peer.send(DATA, END_STREAM, FIRST, message());
      assertEquals("0", peer.answer(FIRST).get("grpc-status"));
    };
  }

  private static Consumer<H2Peer> inPieces() {
    return peer -> {
      byte[] block = block(CALL);
      peer.send(HEADERS, 0, FIRST, Arrays.copyOf(block, 10));
      peer.send(CONTINUATION, 0, FIRST, new byte[0]);
      peer.send(CONTINUATION, 0, FIRST, Arrays.copyOfRange(block, 10, 11));
      peer.send(CONTINUATION, END_HEADERS, FIRST, Arrays.copyOfRange(block, 11, block.length));
      peer.send(DATA, END_STREAM, FIRST, message());
    };
  }

  /**
   * Without indexing, never indexed, and with indexing, each with a name of its own and by index.
   */
  private static Consumer<H2Peer> literals() {
    return peer -> {
      ByteArrayOutputStream block = new ByteArrayOutputStream();
      block.writeBytes(bytes(0x83, 0x86, 0x04)); // :path by index, without indexing
      string(block, PATH);
      block.writeBytes(bytes(0x0f, 0x10)); // content-type
      string(block, "application/grpc");
      for (int kind : new int[] {0x00, 0x10, 0x40}) {
        block.write(kind);
        string(block, "x-" + kind);
        string(block, "y");
      }
      peer.send(HEADERS, END_HEADERS, FIRST, block.toByteArray());
      peer.send(DATA, END_STREAM, FIRST, message());
    };
  }

  private static Consumer<H2Peer> learned() {
    return peer -> {
      ByteArrayOutputStream block = new ByteArrayOutputStream();
      block.writeBytes(bytes(0x83, 0x86, 0x44));
      string(block, PATH);
      block.writeBytes(bytes(0x5f));
      string(block, "application/grpc");
      peer.send(HEADERS, END_HEADERS, FIRST, block.toByteArray());
      peer.send(DATA, END_STREAM, FIRST, message());
      peer.send(HEADERS, END_HEADERS, 3, bytes(0x83, 0x86, 0xbf, 0xbe)); // 63 and 62
      peer.send(DATA, END_STREAM, 3, message());
    };
  }

  private static String[] with(String field) {
    List<String> fields = new ArrayList<>(List.of(CALL));
    fields.add(field);
    return fields.toArray(String[]::new);
  }

  private static byte[] message() {
    return ByteBuffer.allocate(5 + TRACES.length)
        .put((byte) 0)
        .putInt(TRACES.length)
        .put(TRACES)
        .array();
  }

  private static byte[] block(String... fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (String field : fields) {
      int at = field.indexOf('=', 1);
      block.write(0);
      string(block, field.substring(0, at));
      string(block, field.substring(at + 1));
    }
    return block.toByteArray();
  }

  /** Shorter than 127. */
  private static void string(ByteArrayOutputStream block, String text) {
    block.write(text.length());
    block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
