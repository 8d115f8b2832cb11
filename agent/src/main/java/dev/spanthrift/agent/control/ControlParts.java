package dev.spanthrift.agent.control;

import dev.spanthrift.agent.config.settings.AlertSettings;
import dev.spanthrift.agent.control.alert.AlertBook;
import dev.spanthrift.agent.control.alert.WebhookSender;
import dev.spanthrift.agent.control.boost.BoostKeeper;
import dev.spanthrift.agent.control.front.FrontCounts;
import dev.spanthrift.agent.control.job.Jobs;
import dev.spanthrift.agent.control.killswitch.KillSwitchKeeper;
import dev.spanthrift.agent.control.operation.OperationHistory;
import dev.spanthrift.agent.control.policy.PolicyStore;
import dev.spanthrift.agent.control.report.ReportBooks;
import dev.spanthrift.agent.control.spend.SpendView;
import dev.spanthrift.agent.control.status.HourHistory;
import dev.spanthrift.agent.control.status.StatusHistory;
import dev.spanthrift.agent.pipeline.PipelineView;

/** What stands behind the REST API; all of it works without. */
record ControlParts(
    ControlSettings settings,
    PipelineView pipeline,
    PolicyStore policies,
    SpendView spend,
    KillSwitchKeeper killSwitch,
    BoostKeeper boosts,
    Jobs jobs,
    StatusHistory history,
    HourHistory hour,
    OperationHistory operations,
    ReportBooks report,
    AlertSettings alertSettings,
    AlertBook alerts,
    WebhookSender webhook,
    FrontCounts counts) {}
