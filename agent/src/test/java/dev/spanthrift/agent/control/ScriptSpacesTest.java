package dev.spanthrift.agent.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
    becomes("a=1;\nb=\"http://x\";", "a = 1; // first\nb = \"http://x\";");
  }
}
