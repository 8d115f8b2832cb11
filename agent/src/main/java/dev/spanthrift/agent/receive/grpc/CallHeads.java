package dev.spanthrift.agent.receive.grpc;

import dev.spanthrift.agent.receive.door.Encoding;
import dev.spanthrift.agent.receive.door.RequestAnswer;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the header blocks of one connection (HPACK, RFC 7541) into what a call is.
 *
 * <p>A client sends the same fields with every call, and from its second call on as indexes into a
 * table: few bytes, always the same. A block of indexes alone does not change the table, so the
 * block before it means the same again, and need not be decoded.
 */
final class CallHeads {
  private static final int REMEMBERED_BYTES = 32;

  /**
   * What a header block says.
   *
   * @param method null when it is none of ours
   * @param contentLength what is announced, or -1
   * @param fault why it opens no call that we can take
   * @param malformed whether it is no request of HTTP/2 at all (RFC 9113, 8.1.1)
   */
  record Head(
      @Nullable GrpcMethod method,
      String path,
      Encoding encoding,
      long contentLength,
      @Nullable RequestAnswer fault,
      boolean malformed) {
    static final Head MALFORMED = new Head(null, "", Encoding.IDENTITY, -1, null, true);
  }

  private final DefaultHttp2HeadersDecoder decoder;
  private final byte[] block = new byte[REMEMBERED_BYTES];
  private int blockBytes; // 0 when nothing is remembered
  private Head head = Head.MALFORMED;

  CallHeads(int maxHeaderBytes) {
    decoder = new DefaultHttp2HeadersDecoder(true, maxHeaderBytes);
  }

  /**
   * Decodes the next {@code length} bytes.
   *
   * @throws Http2.Fault when they are no header block, or more than a client was told it may send
   */
  Head read(ByteBuf in, int length) {
    if (length == blockBytes && isRemembered(in)) {
      in.skipBytes(length);
      return head;
    }
    boolean indexed = length <= REMEMBERED_BYTES && isIndexed(in, length);
    if (indexed) {
      in.getBytes(in.readerIndex(), block, 0, length);
    }
    head = decode(in.readSlice(length));
    blockBytes = indexed ? length : 0;
    return head;
  }

  private boolean isRemembered(ByteBuf in) {
    int at = in.readerIndex();
    for (int i = 0; i < blockBytes; i++) {
      if (in.getByte(at + i) != block[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether every field is an index of one byte: 1xxxxxxx, but not all ones (RFC 7541, 6.1). */
  private static boolean isIndexed(ByteBuf in, int length) {
    int at = in.readerIndex();
    for (int i = 0; i < length; i++) {
      if (in.getByte(at + i) >= -1) {
        return false;
      }
    }
    return length > 0;
  }

  private Head decode(ByteBuf fields) {
    try {
      return head(decoder.decodeHeaders(1, fields));
    } catch (Http2Exception.HeaderListSizeException e) {
      throw new Http2.Fault(Http2.ENHANCE_YOUR_CALM, "too many header fields");
    } catch (Http2Exception.StreamException e) {
      return Head.MALFORMED;
    } catch (Http2Exception | RuntimeException e) {
      throw new Http2.Fault(Http2.COMPRESSION_ERROR, "header block cannot be decoded: " + e);
    }
  }

  private static Head head(Http2Headers headers) {
    if (headers.method() == null || headers.scheme() == null || isEmpty(headers.path())) {
      return Head.MALFORMED;
    }
    long length = headers.getLong(HttpHeaderNames.CONTENT_LENGTH, -1);
    if (length < -1) {
      return Head.MALFORMED;
    }
    Encoding encoding = GrpcRequests.encoding(headers);
    return new Head(
        GrpcMethod.at(headers.path()),
        String.valueOf(headers.path()),
        encoding == null ? Encoding.IDENTITY : encoding,
        length,
        GrpcRequests.fault(headers, encoding),
        false);
  }

  private static boolean isEmpty(@Nullable CharSequence text) {
    return text == null || text.isEmpty();
  }
}
