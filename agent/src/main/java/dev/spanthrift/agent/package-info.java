/** The program. */
@NullMarked
package dev.spanthrift.agent;

import org.jspecify.annotations.NullMarked;
