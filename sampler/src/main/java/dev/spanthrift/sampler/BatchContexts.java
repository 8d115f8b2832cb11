package dev.spanthrift.sampler;

import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.ContextTable;
import dev.spanthrift.sampler.wire.ResourceContext;
import dev.spanthrift.sampler.wire.Scratch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Resource and scope of each span of the batch at hand, interned once for each scope. */
final class BatchContexts {
  private static final int LEAST_SCOPES = 16;

  private final ContextTable contexts;
  private int[] contextOfScope = new int[LEAST_SCOPES];
  private volatile @Nullable ResourceContext lately;

  BatchContexts(ContextTable contexts) {
    this.contexts = contexts;
  }

  void begin(Batch batch) {
    int scopes = batch.scopes().size();
    int kept = Scratch.rowsKept(contextOfScope.length, LEAST_SCOPES);
    int wanted = scopes > kept ? Scratch.grown(kept, scopes) : kept;
    if (wanted != contextOfScope.length) {
      contextOfScope = new int[wanted];
    }
    Arrays.fill(contextOfScope, 0, scopes, -1);
  }

  int of(Batch batch, int row) {
    int scope = batch.scope(row);
    int context = contextOfScope[scope];
    if (context < 0) {
      context = contexts.intern(batch, scope);
      lately = contexts.get(context).resource();
      contextOfScope[scope] = context;
    }
    return context;
  }

  ResourceContext resource(int context) {
    return contexts.get(context).resource();
  }

  /** The resource that spans came from lately. Any thread may ask. */
  @Nullable ResourceContext lately() {
    return lately;
  }

  /** Forgets contexts that no span uses. */
  void end() {
    contexts.trim();
  }

  long bytesHeld() {
    return (long) Integer.BYTES * contextOfScope.length;
  }
}
