/** Conditions compiled to questions that are asked when a span arrives; answers are bits. */
@NullMarked
package dev.spanthrift.sampler.policy.question;

import org.jspecify.annotations.NullMarked;
