package dev.spanthrift.sampler;

import dev.spanthrift.sampler.signal.ErrorSignatures;
import dev.spanthrift.sampler.signal.Operations;
import dev.spanthrift.sampler.wire.Attributes;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Fields;
import java.nio.charset.StandardCharsets;

/** Reads a span's operation and error signature while its bytes are at hand. */
final class SpanReader {
  private static final byte[] HTTP_ROUTE = "http.route".getBytes(StandardCharsets.UTF_8);

  private final Operations operations;
  private final ErrorSignatures signatures;
  private final Attributes attributes = new Attributes();

  SpanReader(Operations operations, ErrorSignatures signatures) {
    this.operations = operations;
    this.signatures = signatures;
  }

  /** By its name, or by its route where a server has one: that is a template for certain. */
  int operation(Batch batch, int row, long serviceHash) {
    byte[] buffer = batch.buffer();
    if (batch.kind(row) == Fields.KIND_SERVER) {
      int body = batch.body(row);
      attributes.over(buffer, body, batch.end(row) - body, Fields.ATTRIBUTES_OF_SPAN);
      if (attributes.find(HTTP_ROUTE) && attributes.readValue() == Attributes.STRING) {
        return operations.intern(
            serviceHash, buffer, attributes.valueOffset(), attributes.valueLength());
      }
    }
    return operations.intern(serviceHash, buffer, batch.nameOffset(row), batch.nameLength(row));
  }

  /** 0 when the span has no error. */
  int signature(Batch batch, int row) {
    if (!batch.isError(row)) {
      return ErrorSignatures.NONE;
    }
    int body = batch.body(row);
    return signatures.intern(batch.buffer(), body, batch.end(row) - body);
  }
}
