package dev.spanthrift.agent.control.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.agent.control.http.Paging;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Who changed what, when and why. */
@RestController
public final class AuditApi {
  private final AuditLog audit;

  public AuditApi(AuditLog audit) {
    this.audit = audit;
  }

  /**
   * One page, the youngest first.
   *
   * @param total all that were ever written; those of former processes are in the file only
   * @param stored whether they outlive the process
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Page(List<AuditEntry> entries, @Nullable String next, long total, boolean stored) {}

  @GetMapping("/api/v1/audit")
  Page audit(
      @RequestParam(defaultValue = "50") int limit,
      @RequestParam(required = false) @Nullable String cursor) {
    Paging paging = Paging.of(limit, cursor);
    List<AuditEntry> found = audit.lately(paging.before(), paging.limit() + 1);
    return new Page(
        paging.page(found), paging.next(found, AuditEntry::number), audit.size(), audit.isStored());
  }
}
