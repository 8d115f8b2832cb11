/** The connections of a port: how many, and for how long before they say something. */
@NullMarked
package dev.spanthrift.kubernetes.connection;

import org.jspecify.annotations.NullMarked;
