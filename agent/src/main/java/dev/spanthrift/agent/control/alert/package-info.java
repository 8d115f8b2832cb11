/** What is wrong, and who is told: rules, alerts, silences, messages to a webhook. */
@NullMarked
package dev.spanthrift.agent.control.alert;

import org.jspecify.annotations.NullMarked;
