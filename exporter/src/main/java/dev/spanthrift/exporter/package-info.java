/** What leaves the process: shipments to destinations. */
@NullMarked
package dev.spanthrift.exporter;

import org.jspecify.annotations.NullMarked;
