/** REST of policies: read, replace, validate, simulate. */
@NullMarked
package dev.spanthrift.agent.control.policy;

import org.jspecify.annotations.NullMarked;
