package dev.origo.app;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// The least of AWS that a Service's whole life needs: whatever is made gets a name, and whatever
/// is asked for is there, once.
final class WarmUpCloud {
    /// What an action answers; `NAME` stands for the name that was asked for. Anything else is
    /// answered without a word.
    private static final Map<String, String> ANSWERS =
            Map.of(
                    "DescribeSubnets",
                    "<subnetSet><item><subnetId>subnet-0</subnetId><vpcId>vpc-0</vpcId><cidrBlock>10.0.0.0/24</cidrBlock>"
                            + "<availabilityZone>a</availabilityZone>"
                            + "<availableIpAddressCount>99</availableIpAddressCount></item></subnetSet>",
                    "DescribeInstances",
                    "<reservationSet><item><instancesSet><item><instanceId>i-0</instanceId><vpcId>vpc-0</vpcId><groupSet>"
                            + "<item><groupId>sg-nodes</groupId></item></groupSet></item></instancesSet></item></reservationSet>",
                    "CreateSecurityGroup",
                    "<groupId>sg-NAME</groupId>",
                    "CreateTargetGroup",
                    "<TargetGroups><member><TargetGroupArn>NAME</TargetGroupArn><TargetGroupName>NAME</TargetGroupName>"
                            + "<Protocol>TCP</Protocol><Port>30080</Port><TargetType>instance</TargetType>"
                            + "</member></TargetGroups>",
                    "CreateLoadBalancer",
                    "<LoadBalancers>" + balancer("provisioning") + "</LoadBalancers>",
                    "DescribeLoadBalancers",
                    "<LoadBalancers>" + balancer("active") + "</LoadBalancers>",
                    "CreateListener",
                    "<Listeners><member><ListenerArn>listener</ListenerArn><Port>80</Port><Protocol>TCP</Protocol>"
                            + "</member></Listeners>",
                    "DescribeTargetHealth",
                    "<TargetHealthDescriptions><member><Target><Id>i-0</Id><Port>30080</Port></Target><TargetHealth>"
                            + "<State>healthy</State></TargetHealth></member></TargetHealthDescriptions>");

    private WarmUpCloud() {}

    private static String balancer(String state) {
        return "<member><LoadBalancerArn>NAME</LoadBalancerArn><LoadBalancerName>NAME</LoadBalancerName>"
                + "<DNSName>warm.up</DNSName><Type>network</Type><Scheme>internet-facing</Scheme><State><Code>"
                + state
                + "</Code></State></member>";
    }

    /// @param form the request's body, as the query protocol encodes it
    static String answer(String form) {
        Map<String, String> fields = new TreeMap<>();
        for (String pair : form.split("&", -1)) {
            int equals = pair.indexOf('=');
            fields.put(
                    pair.substring(0, Math.max(equals, 0)),
                    URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        String action = fields.getOrDefault("Action", "Unknown");
        String name =
                fields.getOrDefault(
                        "Name",
                        fields.getOrDefault(
                                "GroupName",
                                fields.getOrDefault("LoadBalancerArns.member.1", "none")));
        // A list of everything comes first, when there is nothing.
        boolean empty = action.equals("DescribeLoadBalancers") && name.equals("none");
        String result = empty ? "" : ANSWERS.getOrDefault(action, "").replace("NAME", name);
        boolean ec2 = fields.getOrDefault("Version", "").equals("2016-11-15");
        return ec2
                ? "<%sResponse>%s</%sResponse>".formatted(action, result, action)
                : "<%sResponse><%sResult>%s</%sResult></%sResponse>"
                        .formatted(action, action, result, action, action);
    }
}
