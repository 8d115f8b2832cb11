/** The score: what samplers keep of recorded traces, on the same footing. */
@NullMarked
package dev.spanthrift.bench.score;

import org.jspecify.annotations.NullMarked;
