/** REST of explanations: why was this trace kept or dropped, and what was decided lately? */
@NullMarked
package dev.spanthrift.agent.control.explain;

import org.jspecify.annotations.NullMarked;
