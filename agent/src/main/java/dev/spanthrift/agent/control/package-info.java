/** REST, policy store, kill switch, page. */
@NullMarked
package dev.spanthrift.agent.control;

import org.jspecify.annotations.NullMarked;
