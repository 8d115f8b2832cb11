/** What all of REST shares: problems, bodies, tags, access. */
@NullMarked
package dev.spanthrift.agent.control.http;

import org.jspecify.annotations.NullMarked;
