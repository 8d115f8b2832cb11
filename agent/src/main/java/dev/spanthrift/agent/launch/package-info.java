/** What the launcher does before there is a JVM, for images that have no shell to run it. */
@NullMarked
package dev.spanthrift.agent.launch;

import org.jspecify.annotations.NullMarked;
