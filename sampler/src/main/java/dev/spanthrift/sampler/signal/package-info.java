/** What a fragment says: operations, error signatures, lost time, paths. */
@NullMarked
package dev.spanthrift.sampler.signal;

import org.jspecify.annotations.NullMarked;
