package dev.spanthrift.agent.command;

import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.money.ModelException;
import dev.spanthrift.agent.money.PriceModels;
import dev.spanthrift.sampler.budget.price.model.PriceModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code spanthrift prices}: the price models that come with the program. */
@Command(
    name = "prices",
    description =
        "Lists the price models that come with the program; the first column is what price.model"
            + " takes.")
final class PricesCommand implements Callable<Integer> {
  private final Context context;

  @Option(
      names = "-o",
      paramLabel = "table|json",
      description = "Form of the answer. Default: table.")
  private Form form = Form.TABLE;

  private enum Form {
    TABLE,
    JSON
  }

  /**
   * One model.
   *
   * @param complete whether it has all prices; else a copy with those of your contract is needed
   */
  record Row(
      String model,
      String provider,
      String service,
      String plan,
      String currency,
      String asOf,
      boolean complete) {}

  PricesCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws ModelException {
    List<Row> rows = new ArrayList<>();
    for (String id : PriceModels.ids()) {
      rows.add(row(PriceModels.load(id)));
    }
    switch (form) {
      case JSON -> context.out().println(JsonMapper.shared().writeValueAsString(rows));
      case TABLE -> table(rows);
    }
    context.out().flush();
    return Context.OK;
  }

  private static Row row(PriceModel model) {
    return new Row(
        model.id(),
        model.provider(),
        model.service(),
        model.plan(),
        model.currency().getCurrencyCode(),
        model.provenance().asOf(),
        PriceModels.isComplete(model));
  }

  private void table(List<Row> rows) {
    int width = rows.stream().mapToInt(row -> row.model().length()).max().orElse(1);
    for (Row row : rows) {
      context
          .out()
          .println(
              String.format(
                  Locale.ROOT,
                  "%-" + width + "s  %s  %s  %s, %s, %s%s",
                  row.model(),
                  row.asOf(),
                  row.currency(),
                  row.provider(),
                  row.service(),
                  row.plan(),
                  row.complete() ? "" : " (not all prices are published: fill in yours)"));
    }
  }
}
