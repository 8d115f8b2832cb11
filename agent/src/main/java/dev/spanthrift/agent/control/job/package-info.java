/** Questions about recorded traffic: asked at once, or as jobs. */
@NullMarked
package dev.spanthrift.agent.control.job;

import org.jspecify.annotations.NullMarked;
