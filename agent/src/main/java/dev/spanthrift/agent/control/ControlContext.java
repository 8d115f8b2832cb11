package dev.spanthrift.agent.control;

import dev.spanthrift.agent.control.alert.AlertApi;
import dev.spanthrift.agent.control.audit.AuditApi;
import dev.spanthrift.agent.control.boost.BoostApi;
import dev.spanthrift.agent.control.boost.BoostPreviews;
import dev.spanthrift.agent.control.explain.ExplainApi;
import dev.spanthrift.agent.control.job.JobApi;
import dev.spanthrift.agent.control.job.RingQuestions;
import dev.spanthrift.agent.control.killswitch.KillSwitchApi;
import dev.spanthrift.agent.control.operation.OperationApi;
import dev.spanthrift.agent.control.policy.PolicyApi;
import dev.spanthrift.agent.control.policy.PolicyVersionsApi;
import dev.spanthrift.agent.control.policy.SimulateApi;
import dev.spanthrift.agent.control.recommendation.RecommendationApi;
import dev.spanthrift.agent.control.recommendation.Recommender;
import dev.spanthrift.agent.control.report.ReportApi;
import dev.spanthrift.agent.control.status.FleetApi;
import dev.spanthrift.agent.control.status.StatusApi;
import dev.spanthrift.agent.simulation.HeapRoom;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The REST API, part by part.
 *
 * <p>By hand: a scan or Boot's auto-configuration would find the same at twice the start time.
 */
@Configuration(proxyBeanMethods = false)
class ControlContext {
  @Bean
  PolicyApi policyApi(ControlParts parts) {
    return new PolicyApi(parts.policies(), parts.pipeline());
  }

  @Bean
  PolicyVersionsApi policyVersionsApi(ControlParts parts) {
    return new PolicyVersionsApi(parts.policies(), parts.pipeline());
  }

  @Bean
  AuditApi auditApi(ControlParts parts) {
    return new AuditApi(parts.policies().audit());
  }

  @Bean
  RingQuestions ringQuestions(ControlParts parts) {
    return new RingQuestions(parts.pipeline(), parts.spend(), new HeapRoom());
  }

  @Bean
  SimulateApi simulateApi(ControlParts parts, RingQuestions questions) {
    return new SimulateApi(parts.policies(), questions, parts.jobs());
  }

  @Bean
  JobApi jobApi(ControlParts parts) {
    return new JobApi(parts.jobs(), parts.policies().audit());
  }

  @Bean
  OperationApi operationApi(ControlParts parts) {
    return new OperationApi(parts.pipeline(), parts.operations(), parts.spend());
  }

  @Bean
  ReportApi reportApi(ControlParts parts) {
    return new ReportApi(parts.pipeline(), parts.report(), parts.operations(), parts.spend());
  }

  @Bean
  RecommendationApi recommendationApi(ControlParts parts, RingQuestions questions) {
    return new RecommendationApi(
        new Recommender(
            parts.pipeline(),
            parts.policies(),
            questions,
            parts.settings().stateDirectory(),
            System::currentTimeMillis),
        parts.policies().audit());
  }

  @Bean
  AlertApi alertApi(ControlParts parts) {
    return new AlertApi(
        parts.alertSettings(),
        parts.alerts(),
        parts.webhook(),
        parts.policies().audit(),
        System::currentTimeMillis);
  }

  @Bean
  BoostApi boostApi(ControlParts parts, RingQuestions questions) {
    BoostPreviews previews = new BoostPreviews(questions, parts.policies());
    return new BoostApi(parts.boosts(), previews, parts.spend());
  }

  @Bean
  KillSwitchApi killSwitchApi(ControlParts parts) {
    return new KillSwitchApi(parts.killSwitch(), parts.policies().audit());
  }

  @Bean
  StatusApi statusApi(ControlParts parts) {
    return new StatusApi(
        parts.pipeline(),
        parts.policies(),
        parts.killSwitch(),
        parts.boosts(),
        parts.history(),
        parts.hour(),
        parts.spend(),
        parts.counts());
  }

  @Bean
  FleetApi fleetApi(ControlParts parts) {
    return new FleetApi(parts.pipeline());
  }

  @Bean
  ExplainApi explainApi(ControlParts parts, RingQuestions questions) {
    return new ExplainApi(
        parts.pipeline(),
        parts.policies(),
        parts.boosts(),
        parts.spend(),
        questions,
        parts.settings().traceUrl());
  }

  @Bean
  PageApi pageApi() {
    return new PageApi();
  }
}
