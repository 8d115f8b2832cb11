/** The rules of the OpenTelemetry Collector's samplers, decided as it decides them. */
@NullMarked
package dev.spanthrift.sampler.policy.collector;

import org.jspecify.annotations.NullMarked;
