package dev.spanthrift.agent.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptSpacesTest {
  private static void becomes(String expected, String script) {
    assertEquals(expected, ScriptSpaces.without(script));
  }

  @Test
  void onlyReadersNeedSpacesBetweenSigns() {
    becomes("const f=(a,b)=>{return a+1;};", "const f = (a, b) => { return a + 1; };");
    becomes("a in b;typeof $x;new A", "a in b; typeof $x; new A");
    becomes("a+ +b- -c+-d", "a + +b - -c + -d");
  }

  @Test
  void whatIsQuotedStaysAsItIs() {
    becomes("t(\"a , b\",'it\\'s = so')", "t(\"a , b\", 'it\\'s = so')");
    becomes("x=/[ /\",] = \\/ /g.test(y)/2", "x = /[ /\",] = \\/ /g.test(y) / 2");
    becomes("return/ a /.test(b);areturn/c/d", "return / a /.test(b); areturn / c / d");
    becomes("f(/^ a/)?[/ b /]:(c)=>/ d/", "f(/^ a/) ? [/ b /] : (c) => / d/");
  }

  @Test
  void templatesKeepTheirTextAndNotTheSpacesOfTheirExpressions() {
    becomes("h`<p a = 1>${a+b} , c</p>`+d", "h`<p a = 1>${a + b} , c</p>` + d");
    becomes(
        "h`<i ...${{a:{b:1}}}>${c.map((d)=>h` ${d} `)} } {`;e={f:1}",
        "h`<i ...${{ a: { b: 1 } }}>${c.map((d) => h` ${d } `)} } {`; e = { f: 1 }");
  }

  @Test
  void remarksBehindCodeGo() {
    becomes("a=1\nb=\"http://x\";", "a = 1 // first\nb = \"http://x\";");
    becomes("f=()=>{a(1,2);b()\n}", "f = () => {\na(1,\n2); // c\nb()\n}");
  }

  /** Rather than a page that does something else than its files. */
  @Test
  void whatItCannotReadIsRefused() {
    for (String script :
        List.of(
            "a = 1; /* b  c */",
            "a\n/ b / c",
            "f = () => {}\n/ b /.test(c)",
            "({}) + {} / a",
            "a + / b /.source",
            "a++ / b",
            "a * / b /",
            "a < / b /",
            "a / / b /",
            "1 .toFixed()",
            "a = 1 ... b",
            "a = \"b\nc\"",
            "a = 'b",
            "a = / b\n/",
            "a = /[/]",
            "a = /b\\\n/")) {
      assertThrows(IllegalStateException.class, () -> ScriptSpaces.without(script), () -> script);
    }
    String said =
        assertThrows(IllegalStateException.class, () -> ScriptSpaces.without("a;\nb = \"c;\nd;"))
            .getMessage();
    assertEquals("the end of a line in a string has a form that is not known: b = \"c;", said);
    becomes("a=1/b+c[0]/d-f(e)/2", "a = 1 / b + c[0] / d - f(e) / 2");
    becomes("a=\"b\\\n  c\"", "a = \"b\\\n  c\"");
  }
}
