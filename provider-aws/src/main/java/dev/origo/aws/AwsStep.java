package dev.origo.aws;

import dev.origo.model.OwnerId;
import dev.origo.spi.Step;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/// One change of AWS, or one look that all Services share.
public sealed interface AwsStep extends Step {

    /// A call to EC2.
    sealed interface OnEc2 extends AwsStep {
        @Override
        default boolean writes() {
            return !(this instanceof LookUp || this instanceof LookUpRules);
        }

        @Override
        default String describe() {
            return switch (this) {
                case LookUp s -> "look up " + String.join(" ", s.what());
                case LookUpRules _ -> "look up node rules";
                case EnsureShared s -> "create shared security group " + s.name();
                case ReleaseShared _ -> "release shared security group";
                case CreateGroup s -> "create security group " + s.name();
                case DeleteGroup s -> "delete security group " + s.name();
                case AdmitClients s -> "admit clients %s".formatted(s.rules());
                case DismissClients s -> "dismiss clients %s".formatted(s.rules());
                case OpenNodes s -> "open nodes %s %s".formatted(s.group(), s.rules());
                case CloseNodes s -> "close nodes %s %s".formatted(s.group(), s.rules());
                case TagGroup s -> "tag %s %s".formatted(s.name(), s.tags());
            };
        }
    }

    /// A call on load balancers and listeners.
    sealed interface OnElb extends AwsStep {
        @Override
        default String describe() {
            return switch (this) {
                case CreateBalancer s ->
                        "create load balancer %s %s %s in %s"
                                .formatted(
                                        s.balancer().name(),
                                        s.balancer().internal() ? "internal" : "internet-facing",
                                        s.balancer().ipType(),
                                        s.balancer().places());
                case SetGroups s ->
                        "set security groups of %s to %s".formatted(s.name(), s.groups());
                case SetPlaces s ->
                        "set subnets of %s to %s %s"
                                .formatted(
                                        s.balancer().name(),
                                        s.balancer().places(),
                                        s.balancer().ipType());
                case SetIpType s -> "set address type of %s to %s".formatted(s.name(), s.ipType());
                case SetBalancerAttributes s ->
                        "set attributes of load balancer %s %s".formatted(s.name(), s.attributes());
                case Tag s -> "tag %s %s".formatted(s.name(), s.tags());
                case DeleteBalancer s -> "delete load balancer " + s.name();
                case CreateListener s ->
                        "create listener %s to %s"
                                .formatted(s.listener().label(), s.listener().group());
                case ModifyListener s ->
                        "modify listener %s to %s"
                                .formatted(s.listener().label(), s.listener().group());
                case AddCertificate s ->
                        "add certificate %s to listener %s".formatted(s.certificate(), s.label());
                case RemoveCertificate s ->
                        "remove certificate %s from listener %s"
                                .formatted(s.certificate(), s.label());
                case DeleteListener s -> "delete listener " + s.label();
            };
        }
    }

    /// A call on target groups.
    sealed interface OnTargets extends AwsStep {
        @Override
        default String describe() {
            return switch (this) {
                case CreateTargetGroup s ->
                        "create target group %s %s/%d %s"
                                .formatted(
                                        s.group().name(),
                                        s.group().protocol(),
                                        s.group().port(),
                                        s.group().targetType());
                case SetCheck s ->
                        "set health check of %s to %s %s%s"
                                .formatted(
                                        s.name(),
                                        s.check().protocol(),
                                        s.check().port(),
                                        s.check().path());
                case SetGroupAttributes s ->
                        "set attributes of target group %s %s".formatted(s.name(), s.attributes());
                case Register s -> "register %s in %s".formatted(text(s.targets()), s.name());
                case Deregister s -> "deregister %s from %s".formatted(text(s.targets()), s.name());
                case DeleteTargetGroup s -> "delete target group " + s.name();
            };
        }
    }

    /// Looks up facts for everyone: `subnets`, instances by id, security groups by id or Name.
    record LookUp(SortedSet<String> what) implements OnEc2 {}

    /// Looks up which node groups admit the shared group.
    record LookUpRules(OwnerId owner) implements OnEc2 {}

    record EnsureShared(OwnerId owner, String name) implements OnEc2 {}

    /// Lets go of the shared group; the last one deletes it.
    record ReleaseShared(OwnerId owner) implements OnEc2 {}

    record CreateGroup(OwnerId owner, String name, SortedMap<String, String> tags)
            implements OnEc2 {}

    record DeleteGroup(String id, String name) implements OnEc2 {}

    /// Adds rules to the owner's own group.
    ///
    /// @param spare rules that may go first where the group is full
    record AdmitClients(String group, SortedSet<ClientRule> rules, SortedSet<ClientRule> spare)
            implements OnEc2 {}

    record DismissClients(String group, SortedSet<ClientRule> rules) implements OnEc2 {}

    /// Lets the nodes of one security group admit the balancers.
    record OpenNodes(OwnerId owner, String group, String shared, SortedSet<NodeRule> rules)
            implements OnEc2 {}

    /// Takes back what [OpenNodes] did, as far as no other Service needs it.
    record CloseNodes(OwnerId owner, String group, String shared, SortedSet<NodeRule> rules)
            implements OnEc2 {}

    record CreateBalancer(
            OwnerId owner, Wanted.Balancer balancer, List<String> groups, String shared)
            implements OnElb {}

    record SetGroups(String arn, String name, List<String> groups) implements OnElb {}

    record SetPlaces(String arn, Wanted.Balancer balancer) implements OnElb {}

    record SetIpType(String arn, String name, String ipType) implements OnElb {}

    record SetBalancerAttributes(String arn, String name, SortedMap<String, String> attributes)
            implements OnElb {}

    record Tag(String arn, String name, SortedMap<String, String> tags) implements OnElb {}

    record TagGroup(String id, String name, SortedMap<String, String> tags) implements OnEc2 {}

    record DeleteBalancer(String arn, String name) implements OnElb {}

    record CreateTargetGroup(OwnerId owner, Wanted.Group group, SortedMap<String, String> tags)
            implements OnTargets {}

    record SetCheck(String arn, String name, Wanted.Check check) implements OnTargets {}

    record SetGroupAttributes(String arn, String name, SortedMap<String, String> attributes)
            implements OnTargets {}

    record Register(String arn, String name, List<Seen.Target> targets) implements OnTargets {}

    record Deregister(String arn, String name, List<Seen.Target> targets) implements OnTargets {}

    record DeleteTargetGroup(String arn, String name) implements OnTargets {}

    record CreateListener(
            String balancerArn,
            Wanted.Listener listener,
            String targetGroupArn,
            SortedMap<String, String> tags)
            implements OnElb {}

    record ModifyListener(
            String balancerArn, String arn, Wanted.Listener listener, String targetGroupArn)
            implements OnElb {}

    /// Adds a certificate beside the default one. AWS takes one in a call.
    record AddCertificate(String balancerArn, String arn, String label, String certificate)
            implements OnElb {}

    record RemoveCertificate(String balancerArn, String arn, String label, String certificate)
            implements OnElb {}

    record DeleteListener(String balancerArn, String arn, String label) implements OnElb {}

    private static String text(List<Seen.Target> targets) {
        return targets.stream().map(t -> t.id() + ":" + t.port()).toList().toString();
    }
}
