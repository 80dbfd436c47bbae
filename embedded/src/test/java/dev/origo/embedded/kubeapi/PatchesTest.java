package dev.origo.embedded.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/// Expected texts were seen at kube-apiserver 1.36.3.
final class PatchesTest {
    private static final Patches PATCHES = new Patches(new Schema());

    /// @param result the object, or the message of the refusal
    record Row(String name, String type, String before, String patch, String result) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> lists() {
        String two = "{'spec':{'ports':[{'port':80,'name':'a'},{'port':81,'name':'b'}]}}";
        return Stream.of(
                strategic(
                        "an element is merged by its key",
                        two,
                        "{'spec':{'ports':[{'port':81,'name':'c'}]}}",
                        "{'spec':{'ports':[{'port':80,'name':'a'},{'port':81,'name':'c'}]}}"),
                strategic(
                        "a new element comes first",
                        two,
                        "{'spec':{'ports':[{'port':9}]}}",
                        "{'spec':{'ports':[{'port':9},{'port':80,'name':'a'},{'port':81,'name':'b'}]}}"),
                strategic(
                        "an element is deleted by its key",
                        two,
                        "{'spec':{'ports':[{'port':80,'$patch':'delete'}]}}",
                        "{'spec':{'ports':[{'port':81,'name':'b'}]}}"),
                strategic(
                        "a list is replaced",
                        two,
                        "{'spec':{'ports':[{'port':9},{'$patch':'replace'}]}}",
                        "{'spec':{'ports':[{'port':9}]}}"),
                strategic(
                        "a list is put in order",
                        two,
                        "{'spec':{'$setElementOrder/ports':[{'port':81},{'port':80}]}}",
                        "{'spec':{'ports':[{'port':81,'name':'b'},{'port':80,'name':'a'}]}}"),
                strategic(
                        "an element without key is refused",
                        two,
                        "{'spec':{'ports':[{'name':'x'}]}}",
                        "map: {'name':'x'} does not contain declared merge key: port"),
                strategic(
                        "an atomic list is replaced",
                        "{'status':{'loadBalancer':{'ingress':[{'ip':'192.0.2.1'}]}}}",
                        "{'status':{'loadBalancer':{'ingress':[{'hostname':'h'}]}}}",
                        "{'status':{'loadBalancer':{'ingress':[{'hostname':'h'}]}}}"),
                strategic(
                        "conditions are merged by type",
                        "{'status':{'conditions':[{'type':'A','status':'True'},{'type':'B','status':'True'}]}}",
                        "{'status':{'conditions':[{'type':'B','status':'False'},{'$patch':'delete','type':'A'}]}}",
                        "{'status':{'conditions':[{'type':'B','status':'False'}]}}"));
    }

    static Stream<Row> values() {
        String one = "{'metadata':{'finalizers':['x'],'labels':{'a':'1','b':'2'}}}";
        return Stream.of(
                strategic(
                        "finalizers are a set",
                        one,
                        "{'metadata':{'finalizers':['y','x']}}",
                        "{'metadata':{'finalizers':['y','x'],'labels':{'a':'1','b':'2'}}}"),
                strategic(
                        "a finalizer is removed by value",
                        one,
                        "{'metadata':{'$deleteFromPrimitiveList/finalizers':['x']}}",
                        "{'metadata':{'finalizers':[],'labels':{'a':'1','b':'2'}}}"),
                strategic(
                        "null takes a field out",
                        one,
                        "{'metadata':{'labels':{'a':null},'finalizers':null}}",
                        "{'metadata':{'labels':{'b':'2'}}}"),
                strategic(
                        "a map is replaced",
                        one,
                        "{'metadata':{'labels':{'c':'3','$patch':'replace'}}}",
                        "{'metadata':{'finalizers':['x'],'labels':{'c':'3'}}}"),
                strategic(
                        "keys that are not retained go",
                        one,
                        "{'metadata':{'labels':{'$retainKeys':['b'],'b':'3'}}}",
                        "{'metadata':{'finalizers':['x'],'labels':{'b':'3'}}}"),
                new Row(
                        "a merge patch replaces lists",
                        Patches.MERGE,
                        one,
                        "{'metadata':{'finalizers':['z'],'labels':{'a':null}}}",
                        "{'metadata':{'finalizers':['z'],'labels':{'b':'2'}}}"),
                new Row(
                        "a merge patch is an object",
                        Patches.MERGE,
                        one,
                        "[]",
                        "error decoding patch: it must be an object"),
                new Row(
                        "a patch is JSON",
                        Patches.MERGE,
                        one,
                        "{",
                        "the object provided is unrecognized"));
    }

    static Stream<Row> steps() {
        String refused = "the server rejected our request due to an error in our request";
        return Stream.of(
                json(
                        "add to an object and a list",
                        "{'a':[1]}",
                        "[{'op':'add','path':'/a/0','value':0},{'op':'add','path':'/a/-','value':2},{'op':'add','path':'/b','value':'x'}]",
                        "{'a':[0,1,2],'b':'x'}"),
                json(
                        "remove, replace, move and copy",
                        "{'a':1,'b':2,'c':{'d':3}}",
                        "[{'op':'remove','path':'/a'},{'op':'replace','path':'/b','value':5},{'op':'move','from':'/c/d','path':'/e'},{'op':'copy','from':'/e','path':'/c/f'}]",
                        "{'b':5,'c':{'f':3},'e':3}"),
                json(
                        "names are escaped",
                        "{'a':{}}",
                        "[{'op':'add','path':'/a/x~1y~0z','value':1}]",
                        "{'a':{'x/y~z':1}}"),
                json("a test holds", "{'a':1}", "[{'op':'test','path':'/a','value':1}]", "{'a':1}"),
                json("a test fails", "{'a':1}", "[{'op':'test','path':'/a','value':2}]", refused),
                json("nothing to remove", "{'a':1}", "[{'op':'remove','path':'/b'}]", refused),
                json(
                        "behind the end",
                        "{'a':[]}",
                        "[{'op':'add','path':'/a/1','value':1}]",
                        refused),
                json("into a scalar", "{'a':1}", "[{'op':'add','path':'/a/b','value':1}]", refused),
                json("the whole object", "{'a':1}", "[{'op':'add','path':'','value':1}]", refused),
                json("the whole object removed", "{'a':1}", "[{'op':'remove','path':''}]", refused),
                json(
                        "an unknown operation",
                        "{}",
                        "[{'op':'jump','path':'/a'}]",
                        "Unexpected kind: jump"),
                json(
                        "no pointer",
                        "{}",
                        "[{'op':'add','path':'a','value':1}]",
                        "invalid JSON pointer: a"),
                json(
                        "a JSON patch is a list",
                        "{}",
                        "{}",
                        "error decoding patch: it must be a list"));
    }

    @ParameterizedTest
    @MethodSource({"lists", "values", "steps"})
    void applies(Row row) {
        ObjectNode before = Cluster.parsed(quoted(row.before()));
        ObjectNode untouched = before.deepCopy();
        byte[] patch = quoted(row.patch()).getBytes(StandardCharsets.UTF_8);
        if (row.result().startsWith("{")) {
            assertThat(PATCHES.apply(Kind.SERVICE, row.type(), patch, before))
                    .isEqualTo(Cluster.parsed(quoted(row.result())));
        } else {
            assertThatThrownBy(() -> PATCHES.apply(Kind.SERVICE, row.type(), patch, before))
                    .isInstanceOf(Refusal.class)
                    .hasMessageStartingWith(quoted(row.result()));
        }
        assertThat(before).isEqualTo(untouched);
    }

    private static Row strategic(String name, String before, String patch, String result) {
        return new Row(name, Patches.STRATEGIC, before, patch, result);
    }

    private static Row json(String name, String before, String patch, String result) {
        return new Row(name, Patches.JSON, before, patch, result);
    }

    private static String quoted(String text) {
        return text.replace('\'', '"');
    }
}
