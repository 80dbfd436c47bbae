package dev.origo.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.aws.Facts.Route;
import dev.origo.aws.Facts.Subnet;
import dev.origo.desire.AnnotationRegistry;
import dev.origo.model.Backend;
import dev.origo.model.Cidr;
import dev.origo.model.ClientAddressWish;
import dev.origo.model.PortPath;
import dev.origo.model.Scheme;
import dev.origo.model.Setting;
import dev.origo.model.Settings;
import dev.origo.spi.Annotations;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Pure functions, row by row.
final class TablesTest {
    private static final AwsConfig CONFIG =
            new AwsConfig(
                    Specs.CLUSTER,
                    "eu-west-1",
                    "vpc-1",
                    "",
                    Scheme.INTERNET_FACING,
                    AwsConfig.Limits.DEFAULT);

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3/8,10.0.0.0/8",
        "::/0,::/0",
        "2001:db8::/32,2001:db8::/32",
        "2001:db8:0:1::5/64,2001:db8:0:1::/64",
        "::1/128,::1/128",
        "1:0:0:2:0:0:0:3/128,1:0:0:2::3/128"
    })
    void writesRangesAsEc2Does(String range, String text) {
        assertThat(ClientRule.text(Cidr.parse(range))).isEqualTo(text);
    }

    @Test
    void opensExactPortsWhileTheyFitAndThenTheWholeRange() {
        List<NodeRule> fifty =
                IntStream.range(0, 50).mapToObj(i -> NodeRule.tcp(31_000 + i)).toList();
        List<NodeRule> more =
                List.of(NodeRule.tcp(30_080), NodeRule.udp(30_053), NodeRule.tcp(10_256));

        assertThat(NodeRule.additions(fifty.subList(0, 47), more, 50))
                .containsExactlyInAnyOrderElementsOf(more);
        assertThat(NodeRule.additions(fifty, more, 50).toString())
                .isEqualTo("[tcp/10256, tcp/30000-32767, udp/30000-32767]");
        assertThat(
                        NodeRule.additions(
                                List.of(new NodeRule("tcp", 30_000, 32_767)),
                                List.of(NodeRule.tcp(30_080)),
                                50))
                .isEmpty();
    }

    @Test
    void namesHaveTheOwnersHashAndChangeWithTheScheme() {
        String open = AwsNames.balancer(Specs.owner("web"), Scheme.INTERNET_FACING);

        assertThat(open)
                .matches("origo-[0-9a-v]{12}-[0-9a-v]{8}")
                .isNotEqualTo(AwsNames.balancer(Specs.owner("web"), Scheme.INTERNAL));
        assertThat(AwsNames.ownerHash(open)).contains(Specs.owner("web").hash());
        assertThat(AwsNames.ownerHash("origo-web")).isEmpty();
        assertThat(AwsNames.owner(Specs.CLUSTER, AwsNames.marks(Specs.owner("web"))))
                .contains(Specs.owner("web"));
    }

    @ParameterizedTest
    @CsvSource({
        "ssl-cert,nonsense",
        "ssl-cert,'arn:a,nonsense'",
        "ssl-cert,''",
        "healthcheck-interval,4",
        "healthcheck-interval,301",
        "healthcheck-path,healthz",
        "healthcheck-port,70000",
        "healthcheck-port,-status",
        "healthcheck-port,Status",
        "type,alb",
        "type,nlb-ip",
        "nlb-target-type,ip",
        "subnets,''",
        "subnets,','",
        "subnets,'a,,a'",
        "target-group-attributes,''",
        "security-group-prefix-lists,','",
        "private-ipv4-addresses,','",
        "target-group-attributes,a",
        "target-group-attributes,preserve_client_ip.enabled=yes",
        "target-group-attributes,proxy_protocol_v2.enabled=use_load_balancer_configuration",
        "attributes,load_balancing.cross_zone.enabled=use_load_balancer_configuration",
        "additional-resource-tags,origo.dev/owner=me",
        "internal,''",
        "private-ipv4-addresses,example",
        "security-groups,sg-",
        "extra-security-groups,'web,sg-?'",
        "cross-zone-load-balancing-enabled,yes",
        "proxy-protocol,true",
        "backend-protocol,grpc"
    })
    void refusesWrongValues(String name, String text) {
        Setting.Alias<?> alias = alias(name);

        assertThatThrownBy(() -> alias.parser().apply(text))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "type,external,nlb",
        "internal,false,INTERNET_FACING",
        "internal,0.0.0.0/0,INTERNAL",
        "scheme,internal,INTERNAL",
        "healthcheck-port,traffic-port,traffic-port",
        "healthcheck-port,8080,8080",
        "healthcheck-port,status-2,status-2",
        "healthcheck-protocol,HTTP,http",
        "backend-protocol,SSL,ssl",
        "backend-protocol,Http,http",
        "backend-protocol,https,https",
        "backend-protocol,TCP,tcp",
        "ssl-ports,'443, https','[443, https]'",
        "target-node-labels,'a=b,c=','{a=b, c=}'",
        "target-node-labels,'a=b,,c=,','{a=b, c=}'",
        "additional-resource-tags,',team=blue,alone,','{alone=, team=blue}'",
        "target-group-attributes,'stickiness.enabled=true, ,',{stickiness.enabled=true}",
        "subnets,'a,,b, ','[a, b]'",
        "ssl-ports,'443,',[443]",
        "ssl-cert,'arn:b, arn:a,','[arn:b, arn:a]'",
        "security-groups,'sg-1, web clients,','[sg-1, web clients]'",
        "security-group-prefix-lists,'pl-1,,pl-2','[pl-1, pl-2]'",
        "eip-allocations,',eipalloc-1',[eipalloc-1]",
        "private-ipv4-addresses,'10.0.1.9,,10.0.2.9,','[10.0.1.9, 10.0.2.9]'",
        "enable-icmp-for-path-mtu-discovery,off,false",
        "cross-zone-load-balancing-enabled,True,true",
        "cross-zone-load-balancing-enabled,0,false",
        "target-group-attributes,preserve_client_ip.enabled=True,{preserve_client_ip.enabled=true}",
        "target-group-attributes,load_balancing.cross_zone.enabled=use_load_balancer_configuration,{load_balancing.cross_zone.enabled=use_load_balancer_configuration}",
        "target-group-attributes,load_balancing.cross_zone.enabled=T,{load_balancing.cross_zone.enabled=true}",
        "additional-resource-tags,mesh.enabled=yes,{mesh.enabled=yes}",
        "target-node-labels,mesh.enabled=yes,{mesh.enabled=yes}",
        "target-node-labels,'pool=web,spot','{pool=web, spot=}'"
    })
    void readsOtherControllersValues(String name, String text, String value) {
        assertThat(alias(name).parser().apply(text)).hasToString(value);
    }

    @Test
    void registersEverySettingThatIsDeclared() throws IllegalAccessException {
        List<Setting<?>> declared = new ArrayList<>();
        for (Field field : AwsSettings.class.getDeclaredFields()) {
            if (field.getType().equals(Setting.class)
                    && field.get(null) instanceof Setting<?> setting) {
                declared.add(setting);
            }
        }

        assertThat(AwsSettings.annotations().settings()).hasSameElementsAs(declared);
    }

    @Test
    void knowsEveryKeyOnce() {
        new AnnotationRegistry(AwsSettings.annotations());
    }

    private static Setting.Alias<?> alias(String name) {
        Annotations annotations = new AwsProviderFactory().annotations();
        return annotations.aliases().stream()
                .filter(a -> a.name().equals(AwsSettings.UPSTREAM + name))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "pool=web,'[i-1, i-2]'",
        "pool=db,[i-3]",
        "'pool=web,spot=yes',[i-2]",
        "spot,'[i-2, i-3]'",
        "spot=,'[i-2, i-3]'",
        "other,[]"
    })
    void takesTheNodesWithTheLabels(String labels, String ids) {
        List<Backend> nodes =
                List.of(
                        labelled("i-1", Map.of("pool", "web")),
                        labelled("i-2", Map.of("pool", "web", "spot", "yes")),
                        labelled("i-3", Map.of("pool", "db", "spot", "")),
                        labelled("i-4", Map.of()));
        var spec = new Specs().nodes(nodes).with(AwsSettings.NODE_LABELS, labels).spec();
        var observed = AwsObserved.nothing(spec.owner(), AwsObserved.Shared.NONE, Facts.NONE);

        assertThat(Targets.of(spec, observed, 10).ids()).hasToString(ids);
    }

    private static Backend labelled(String id, Map<String, String> labels) {
        return new Backend(id, "aws:///a/" + id, List.of("10.0.0.1"), labels);
    }

    private static Subnet subnet(String id, String zone, Route route, String... tags) {
        Map<String, String> map = new TreeMap<>();
        for (String tag : tags) {
            map.put(tag, tag.startsWith("Name=") ? "" : "1");
        }
        return new Subnet("subnet-" + id, zone, List.of(), 100, route, Sorted.map(map));
    }

    private static String choice(boolean internal, Subnet... subnets) {
        Subnets.Choice choice =
                Subnets.choose(
                        new Subnets.Ask("test", internal, false, List.of()), List.of(subnets));
        return choice.problems().isEmpty()
                ? choice.ids().toString()
                : choice.problems().getFirst().message();
    }

    @Test
    void discoversSubnets() {
        String elb = "kubernetes.io/role/elb";
        String own = "kubernetes.io/cluster/test";
        assertThat(
                        choice(
                                false,
                                subnet("1", "a", Route.PUBLIC),
                                subnet("2", "a", Route.PUBLIC),
                                subnet("3", "b", Route.PRIVATE)))
                .isEqualTo("[subnet-1]");
        assertThat(choice(true, subnet("1", "a", Route.PUBLIC), subnet("3", "b", Route.PRIVATE)))
                .isEqualTo("[subnet-3]");
        assertThat(choice(false, subnet("1", "a", Route.PRIVATE), subnet("3", "b", Route.PRIVATE)))
                .as("no way out anywhere")
                .isEqualTo("[subnet-1, subnet-3]");
        assertThat(
                        choice(
                                false,
                                subnet("1", "a", Route.UNKNOWN),
                                subnet("2", "a", Route.UNKNOWN, elb)))
                .isEqualTo("[subnet-2]");
        assertThat(
                        choice(
                                false,
                                subnet("1", "a", Route.UNKNOWN),
                                subnet("2", "a", Route.UNKNOWN, own)))
                .isEqualTo("[subnet-2]");
        assertThat(
                        choice(
                                true,
                                subnet("1", "a", Route.UNKNOWN, elb),
                                subnet("2", "b", Route.UNKNOWN, "kubernetes.io/cluster/other")))
                .contains(
                        "subnet-1 has the tag kubernetes.io/role/elb instead of kubernetes.io/role/internal-elb",
                        "subnet-2 tagged for another cluster only");
        assertThat(choice(false)).isEqualTo("the VPC has no subnet");
    }

    @Test
    void takesTheTaggedGroupOfANodeWithSeveral() {
        Facts.Instance instance =
                new Facts.Instance("i-1", "a", "", Sorted.set(List.of("sg-1", "sg-2")));
        Facts facts =
                new Facts(
                        true,
                        List.of(subnet("1", "a", Route.PUBLIC)),
                        Sorted.map(Map.of("i-1", instance)),
                        Sorted.map(
                                Map.of(
                                        "sg-1",
                                        Sorted.map(Map.of()),
                                        "sg-2",
                                        Sorted.map(Map.of("kubernetes.io/cluster/test", "owned")))),
                        Sorted.map(Map.of()));
        Wanted wanted = wanted(facts);
        assertThat(wanted.nodes().admit()).containsOnlyKeys("sg-2");
        assertThat(wanted.problems()).isEmpty();

        Facts untagged =
                new Facts(
                        true,
                        facts.subnets(),
                        facts.instances(),
                        Sorted.map(
                                Map.of("sg-1", Sorted.map(Map.of()), "sg-2", Sorted.map(Map.of()))),
                        Sorted.map(Map.of()));
        assertThat(wanted(untagged).nodes().admit()).containsOnlyKeys("sg-1");
        assertThat(wanted(untagged).problems().toString()).contains("NODE_SECURITY_GROUP_UNCLEAR");

        Facts unknown =
                new Facts(
                        true,
                        facts.subnets(),
                        facts.instances(),
                        Sorted.map(Map.of()),
                        Sorted.map(Map.of()));
        assertThat(wanted(unknown).lookUps()).containsExactly("sg-1", "sg-2");
    }

    private static Wanted wanted(Facts facts) {
        var observed = AwsObserved.nothing(Specs.owner("web"), AwsObserved.Shared.NONE, facts);
        return AwsDesired.of(
                new Specs().nodes(List.of(Specs.node("n", "aws:///a/i-1"))).spec(),
                CONFIG,
                observed);
    }

    @Test
    void readsTheWishFromOtherControllersAnnotations() {
        AwsPlanner planner = new AwsPlanner(CONFIG);
        Settings none = Settings.NONE;
        assertThat(planner.wish(none)).isEmpty();
        assertThat(planner.wish(none.with(AwsSettings.PROXY_PROTOCOL, "*")))
                .contains(ClientAddressWish.PROXY_PROTOCOL_V2);
        assertThat(
                        planner.wish(
                                none.with(
                                        AwsSettings.TARGET_GROUP_ATTRIBUTES,
                                        Sorted.map(Map.of("preserve_client_ip.enabled", "false")))))
                .contains(ClientAddressWish.NONE);
    }

    @Test
    void tellsThePathOfEachPort() {
        AwsPlanner planner = new AwsPlanner(CONFIG);
        var observed = AwsObserved.nothing(Specs.owner("web"), AwsObserved.Shared.NONE, Facts.NONE);
        List<PortPath> paths =
                planner.paths(
                        new Specs()
                                .ports(Specs.tcp(80), Specs.udp(53, 30_053))
                                .nodes(List.of(Specs.node("n", "", "10.0.0.1")))
                                .spec(),
                        observed);

        assertThat(paths)
                .extracting(PortPath::kind)
                .containsExactly(PortPath.Kind.UDP, PortPath.Kind.TCP);
        assertThat(paths)
                .allMatch(PortPath::keepsSource)
                .allMatch(p -> p.targets() == PortPath.Targets.NODE_ADDRESSES);
    }
}
