/** Container images made without a container engine: runtime, program, AOT cache, archive. */
@NullMarked
package dev.spanthrift.image;

import org.jspecify.annotations.NullMarked;
