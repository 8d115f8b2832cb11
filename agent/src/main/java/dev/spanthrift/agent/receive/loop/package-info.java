/** Event loops and listening sockets. */
@NullMarked
package dev.spanthrift.agent.receive.loop;

import org.jspecify.annotations.NullMarked;
