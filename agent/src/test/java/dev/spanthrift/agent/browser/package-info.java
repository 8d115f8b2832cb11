/** The page in a real browser, beside a real demo; only in the profile {@code browser}. */
package dev.spanthrift.agent.browser;
