package dev.spanthrift.agent;

import dev.spanthrift.agent.config.settings.BudgetSettings;
import dev.spanthrift.agent.config.settings.HeapBounds;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.control.ControlServer;
import dev.spanthrift.agent.control.killswitch.KillSwitchFile;
import dev.spanthrift.agent.control.policy.PolicyStore;
import dev.spanthrift.agent.control.source.PolicySource;
import dev.spanthrift.agent.control.status.AotCache;
import dev.spanthrift.agent.control.status.HeapReturn;
import dev.spanthrift.agent.control.status.ProcessMemory;
import dev.spanthrift.agent.fleet.FleetDoor;
import dev.spanthrift.agent.money.ModelException;
import dev.spanthrift.agent.money.Treasurer;
import dev.spanthrift.agent.pipeline.Pipeline;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.pipeline.PolicyVersion;
import dev.spanthrift.agent.pipeline.Route;
import dev.spanthrift.agent.pipeline.SidecarProgram;
import dev.spanthrift.agent.pipeline.SlowQueries;
import dev.spanthrift.agent.receive.grpc.GrpcReceiver;
import dev.spanthrift.agent.receive.http.HttpReceiver;
import dev.spanthrift.agent.receive.json.JsonRequests;
import dev.spanthrift.agent.receive.loop.Loops;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.agent.state.StateLock;
import dev.spanthrift.agent.telemetry.OwnTelemetry;
import dev.spanthrift.agent.telemetry.OwnTelemetrySettings;
import dev.spanthrift.agent.timer.Guarded;
import dev.spanthrift.agent.timer.ProcessorTime;
import dev.spanthrift.exporter.Destination;
import dev.spanthrift.exporter.ZstdLibrary;
import dev.spanthrift.exporter.destination.Destinations;
import dev.spanthrift.sampler.BudgetParts;
import dev.spanthrift.sampler.Judge;
import dev.spanthrift.sampler.PolicyJudge;
import dev.spanthrift.sampler.SamplerCounts;
import dev.spanthrift.sampler.budget.books.MoneyView;
import dev.spanthrift.sampler.explain.DecisionLog;
import dev.spanthrift.sampler.wire.ResourceContext;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running program: ports, pipeline, destinations and the admin port, on shared event loops.
 *
 * <p>The OTLP ports accept first, because an application beside us may start any moment; the admin
 * port follows in its own thread. The end goes the other way: ports shut, what waits is decided and
 * sent, then the rest closes.
 */
public final class Sidecar implements SidecarProgram {
  private static final Logger log = LoggerFactory.getLogger(Sidecar.class);
  private static final Duration FAILED_START_LINGER = Duration.ofSeconds(5);
  private static final Duration LINGER = Duration.ofSeconds(1); // for connections and loops

  /** A kubelet whose grace period is spent kills two seconds after it has asked (KEP-753). */
  private static final Duration BEFORE_A_KILL = Duration.ofMillis(1_500);

  private final AtomicBoolean stopped = new AtomicBoolean();
  private final List<Destination> destinations = new ArrayList<>();
  private @Nullable Loops loops;
  private @Nullable LivePipeline live;
  private @Nullable GrpcReceiver grpc;
  private @Nullable HttpReceiver http;
  private @Nullable ControlServer control;
  private @Nullable Treasurer treasurer;
  private @Nullable FleetDoor fleet;
  private @Nullable StateLock stateLock;
  private @Nullable LearnedFile learned;
  private @Nullable PolicySource source;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("spanthrift-money").factory());
  private @Nullable OwnTelemetry telemetry;

  @Override
  public Ports start(SpanthriftSettings settings) throws StartException {
    return opened(settings, null, null);
  }

  @Override
  public Ports start(SpanthriftSettings settings, Judge judge) throws StartException {
    return opened(settings, judge, null);
  }

  @Override
  public Ports start(SpanthriftSettings settings, Lenience lenience) throws StartException {
    return opened(settings, null, lenience);
  }

  private synchronized Ports opened(
      SpanthriftSettings settings, @Nullable Judge judge, @Nullable Lenience lenience)
      throws StartException {
    if (stopped.get()) {
      throw new StartException("stopped before it had started");
    }
    try {
      return open(settings, judge, lenience);
    } catch (IllegalStateException | IllegalArgumentException e) {
      stopped.set(true); // the shutdown hook has nothing left to do
      closeAll(FAILED_START_LINGER); // the OTLP ports may have acknowledged spans
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  private Ports open(
      SpanthriftSettings settings, @Nullable Judge judge, @Nullable Lenience lenience) {
    stateLock = StateLock.take(settings.stateDir());
    Loops loops = Loops.create();
    this.loops = loops;
    Wiring wiring = new Wiring(settings, loops);
    wiring.destinations().forEach(d -> destinations.add(wiring.open(d)));
    ObjectsWiring objects = settings.controller().enabled() ? objects(settings, judge) : null;
    PolicyStore policies =
        wiring.policyStore(objects == null ? null : objects.first().policy(), lenience);
    Treasurer treasurer =
        openBooks(settings, objects == null ? settings.budgets() : objects.budgets());
    FleetDoor fleet = wiring.budget().fleet();
    this.fleet = fleet;
    BudgetParts budget = wiring.budget().parts(treasurer, fleet);
    Judge begin = judge == null ? first(policies.current(), fleet) : judge;
    Pipeline pipeline = new Pipeline(wiring.pipeline(), begin, budget, routes(settings));
    SpanRing ring = wiring.recording();
    if (ring != null) {
      pipeline.record(ring); // before what is learned, which its replay begins with
    }
    LearnedFile learned = LearnedFile.open(settings.stateDir(), pipeline);
    this.learned = learned;
    pipeline.killSwitch(new KillSwitchFile(settings.stateDir()).read());
    LivePipeline live =
        new LivePipeline(
            pipeline,
            wiring,
            judge == null ? policies : null,
            begin,
            treasurer.controller().priceOf(),
            lenience);
    this.live = live;
    live.fleet(fleet);
    SlowQueries queries = wiring.slowQueries();
    if (queries != null) {
      pipeline.lookAt(queries);
    }
    DecisionLog decisions = wiring.decisions();
    if (decisions != null) {
      pipeline.explainIn(decisions);
    }
    live.decisions(decisions);
    if (fleet != null) {
      pipeline.watch(fleet.watch());
      ProcessorTime processors = new ProcessorTime();
      fleet.describe(() -> describe(settings, pipeline, policies, treasurer, processors));
    }
    GrpcReceiver grpc = GrpcReceiver.start(wiring.grpc(), loops, pipeline);
    this.grpc = grpc;
    HttpReceiver http = HttpReceiver.start(wiring.http(), loops, pipeline, JsonRequests::decode);
    this.http = http;
    grpc.neighbour(http.address());
    live.ports(() -> List.of(grpc.status(), http.status()));
    refuseOwnPorts(wiring, grpc.address(), http.address());
    pipeline.tickOn(loops.group().next());
    live.phase(PipelineView.Phase.READY);
    sayWhatTheHeapReduces(wiring.bounds());
    sayWhenTheCacheDoesNotFit();
    if (objects != null) {
      source = objects.start(live, policies, treasurer);
      live.controller(source::status);
    }
    ControlServer control =
        ControlServer.start(wiring.control(), live, policies, treasurer, wiring.alerts(queries));
    this.control = control;
    Treasurer.Afterwards account =
        (status, moved) -> {
          account(treasurer, pipeline, budget, moved, status.spans().received().bytes());
          control.note(status); // last: nothing of it may keep the money from its step
        };
    pipeline.whenMoved(treasurer.every(timer, account)::wake);
    learned.every(timer);
    startTelemetry(wiring, control);
    ZstdLibrary.refusal().ifPresent(log::warn); // last: it loads native code
    return new Ports(grpc.address().getPort(), http.address().getPort(), control.port());
  }

  /** Objects know nothing of rules that another system's file brought along. */
  private static @Nullable ObjectsWiring objects(
      SpanthriftSettings settings, @Nullable Judge judge) {
    if (judge != null) {
      log.warn("controller.url is not used: another system's file decides (--collector)");
      return null;
    }
    return ObjectsWiring.of(settings);
  }

  private static PolicyJudge first(PolicyVersion policy, @Nullable FleetDoor fleet) {
    return new PolicyJudge(policy.set(), FleetDoor.rates(fleet), policy.version());
  }

  private static FleetDoor.Self describe(
      SpanthriftSettings settings,
      Pipeline pipeline,
      PolicyStore policies,
      Treasurer treasurer,
      ProcessorTime processors) {
    SamplerCounts spans = pipeline.status().spans();
    String version = Sidecar.class.getPackage().getImplementationVersion();
    String alike = settings.budgets().toString() + settings.fleet().shape();
    return new FleetDoor.Self(
        Objects.requireNonNullElse(version, ""),
        policies.current().hash() + "-" + Integer.toHexString(alike.hashCode()),
        Integer.toHexString(settings.price().toString().hashCode()),
        treasurer.spend().pricePerGigabyte(),
        spans.received().spans(),
        spans.received().bytes(),
        spans.kept().bytes(),
        ProcessMemory.residentBytes(),
        processors.since(System.nanoTime()));
  }

  private Treasurer openBooks(SpanthriftSettings settings, List<BudgetSettings> budgets) {
    try {
      Treasurer opened = Treasurer.open(settings, budgets, this::status);
      treasurer = opened;
      return opened;
    } catch (ModelException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * Step account, once a second: the purse learns what the ledger holds and whose traces it pays.
   * Last, for it may take a pause, memory that nobody needs any more is given back.
   */
  private static void account(
      Treasurer treasurer,
      Pipeline pipeline,
      @Nullable BudgetParts budget,
      boolean moved,
      long receivedBytes) {
    ResourceContext resource = pipeline.resource();
    if (resource != null) {
      treasurer.follow(resource);
    }
    if (budget != null) {
      treasurer.outstanding(budget.ledger().outstanding());
    }
    HeapReturn.ofThisProcess().look(moved, receivedBytes, System.nanoTime());
  }

  private static void sayWhatTheHeapReduces(HeapBounds bounds) {
    if (!bounds.reduced().isEmpty()) {
      log.info(
          "made to fit the heap of {} MiB: {}",
          Runtime.getRuntime().maxMemory() >> 20,
          String.join(", ", bounds.reduced()));
    }
  }

  private static void sayWhenTheCacheDoesNotFit() {
    if (AotCache.state() == AotCache.UNFIT) {
      log.warn(
          "the AOT cache does not fit this JVM, its options or jars: starts take longer until"
              + " ./spanthrift warm has made another");
    }
  }

  private void startTelemetry(Wiring wiring, ControlServer control) {
    OwnTelemetrySettings settings = wiring.telemetry(ProcessHandle.current().pid() + "@spanthrift");
    if (settings != null) {
      telemetry =
          OwnTelemetry.start(
              settings,
              wiring.open(settings.destination()),
              control.figures(),
              control.operations());
    }
  }

  /** Each opened destination with the signals that its settings name. */
  private List<Route> routes(SpanthriftSettings settings) {
    List<Route> routes = new ArrayList<>();
    for (int i = 0; i < destinations.size(); i++) {
      routes.add(new Route(destinations.get(i), settings.destinations().get(i).signals()));
    }
    return routes;
  }

  private static void refuseOwnPorts(
      Wiring wiring, InetSocketAddress grpc, InetSocketAddress http) {
    wiring.destinations().forEach(d -> Destinations.requireNotOwn(d, List.of(grpc, http)));
  }

  @Override
  public PipelineStatus status() {
    LivePipeline running = live;
    if (running == null) {
      throw new IllegalStateException("not started");
    }
    return running.status();
  }

  @Override
  public long waitingSpans() {
    LivePipeline running = live;
    return running == null ? 0 : running.waitingSpans();
  }

  @Override
  public @Nullable MoneyView money() {
    Treasurer books = treasurer;
    return books == null ? null : books.controller().view();
  }

  @Override
  public void stop(Duration deadline) {
    if (stopped.compareAndSet(false, true)) {
      synchronized (this) {
        closeAll(deadline);
      }
    }
  }

  private void closeAll(Duration deadline) {
    long begin = System.nanoTime();
    long end = begin + deadline.toNanos();
    boolean ran = live != null && live.phase() == PipelineView.Phase.READY;
    if (live != null) {
      live.phase(PipelineView.Phase.DRAINING);
    }
    Duration linger = deadline.dividedBy(4).compareTo(LINGER) < 0 ? deadline.dividedBy(4) : LINGER;
    if (grpc != null) {
      grpc.stop(linger);
    }
    if (http != null) {
      http.stop(linger);
    }
    if (live != null) {
      drain(live, begin, end);
      if (ran) {
        log.info("at the end: {}", EndWords.of(live.status()));
      }
    }
    if (telemetry != null) {
      telemetry.close();
    }
    if (source != null) {
      source.close();
    }
    timer.shutdownNow();
    if (treasurer != null) {
      treasurer.close();
    }
    if (learned != null && ran) {
      learned.close();
    }
    if (fleet != null) {
      fleet.close();
    }
    destinations.forEach(Destination::close);
    if (control != null) {
      control.close();
    }
    if (stateLock != null) {
      stateLock.close();
    }
    if (loops != null) {
      loops.close(linger);
    }
  }

  /** Says what is at stake while it can still speak. */
  private void drain(LivePipeline live, long begin, long end) {
    ScheduledFuture<?> words =
        timer.schedule(
            Guarded.task(
                "words before a kill", () -> log.warn("{}", EndWords.atStake(live.status()))),
            begin + BEFORE_A_KILL.toNanos() - System.nanoTime(),
            TimeUnit.NANOSECONDS);
    live.drain(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    words.cancel(false);
  }
}
