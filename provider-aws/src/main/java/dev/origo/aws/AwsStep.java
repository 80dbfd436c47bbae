package dev.origo.aws;

import dev.origo.model.OwnerId;
import dev.origo.spi.Step;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/// One change of AWS, or one look that all Services share.
sealed interface AwsStep extends Step {

    /// A call to EC2.
    sealed interface OnEc2 extends AwsStep {}

    /// A call on load balancers and listeners.
    sealed interface OnElb extends AwsStep {}

    /// A call on target groups.
    sealed interface OnTargets extends AwsStep {}

    /// Looks up facts for everyone: `subnets`, instances by id, security groups by id or Name.
    record LookUp(SortedSet<String> what) implements OnEc2 {
        @Override
        public boolean writes() {
            return false;
        }

        @Override
        public String describe() {
            return "look up " + String.join(" ", what);
        }
    }

    /// Looks up which node groups admit the shared group.
    record LookUpRules(OwnerId owner) implements OnEc2 {
        @Override
        public boolean writes() {
            return false;
        }

        @Override
        public String describe() {
            return "look up node rules";
        }
    }

    record EnsureShared(OwnerId owner, String name) implements OnEc2 {
        @Override
        public String describe() {
            return "create shared security group " + name;
        }
    }

    /// Lets go of the shared group; the last one deletes it.
    record ReleaseShared(OwnerId owner) implements OnEc2 {
        @Override
        public String describe() {
            return "release shared security group";
        }
    }

    record CreateGroup(OwnerId owner, String name, SortedMap<String, String> tags)
            implements OnEc2 {
        @Override
        public String describe() {
            return "create security group " + name;
        }
    }

    record DeleteGroup(String id, String name) implements OnEc2 {
        @Override
        public String describe() {
            return "delete security group " + name;
        }
    }

    /// Adds rules to the owner's own group.
    ///
    /// @param spare rules that may go first where the group is full
    record AdmitClients(String group, SortedSet<ClientRule> rules, SortedSet<ClientRule> spare)
            implements OnEc2 {
        @Override
        public String describe() {
            return "admit clients %s".formatted(rules);
        }
    }

    record DismissClients(String group, SortedSet<ClientRule> rules) implements OnEc2 {
        @Override
        public String describe() {
            return "dismiss clients %s".formatted(rules);
        }
    }

    /// Lets the nodes of one security group admit the balancers.
    record OpenNodes(OwnerId owner, String group, String shared, SortedSet<NodeRule> rules)
            implements OnEc2 {
        @Override
        public String describe() {
            return "open nodes %s %s".formatted(group, rules);
        }
    }

    /// Takes back what [OpenNodes] did, as far as no other Service needs it.
    record CloseNodes(OwnerId owner, String group, String shared, SortedSet<NodeRule> rules)
            implements OnEc2 {
        @Override
        public String describe() {
            return "close nodes %s %s".formatted(group, rules);
        }
    }

    record CreateBalancer(
            OwnerId owner, Wanted.Balancer balancer, List<String> groups, String shared)
            implements OnElb {
        @Override
        public String describe() {
            return "create load balancer %s %s %s in %s"
                    .formatted(
                            balancer.name(),
                            balancer.internal() ? "internal" : "internet-facing",
                            balancer.ipType(),
                            balancer.places());
        }
    }

    record SetGroups(String arn, String name, List<String> groups) implements OnElb {
        @Override
        public String describe() {
            return "set security groups of %s to %s".formatted(name, groups);
        }
    }

    record SetPlaces(String arn, Wanted.Balancer balancer) implements OnElb {
        @Override
        public String describe() {
            return "set subnets of %s to %s %s"
                    .formatted(balancer.name(), balancer.places(), balancer.ipType());
        }
    }

    record SetIpType(String arn, String name, String ipType) implements OnElb {
        @Override
        public String describe() {
            return "set address type of %s to %s".formatted(name, ipType);
        }
    }

    record SetBalancerAttributes(String arn, String name, SortedMap<String, String> attributes)
            implements OnElb {
        @Override
        public String describe() {
            return "set attributes of load balancer %s %s".formatted(name, attributes);
        }
    }

    record Tag(String arn, String name, SortedMap<String, String> tags) implements OnElb {
        @Override
        public String describe() {
            return "tag %s %s".formatted(name, tags);
        }
    }

    record TagGroup(String id, String name, SortedMap<String, String> tags) implements OnEc2 {
        @Override
        public String describe() {
            return "tag %s %s".formatted(name, tags);
        }
    }

    record DeleteBalancer(String arn, String name) implements OnElb {
        @Override
        public String describe() {
            return "delete load balancer " + name;
        }
    }

    record CreateTargetGroup(OwnerId owner, Wanted.Group group, SortedMap<String, String> tags)
            implements OnTargets {
        @Override
        public String describe() {
            return "create target group %s %s/%d %s"
                    .formatted(group.name(), group.protocol(), group.port(), group.targetType());
        }
    }

    record SetCheck(String arn, String name, Wanted.Check check) implements OnTargets {
        @Override
        public String describe() {
            return "set health check of %s to %s %s%s"
                    .formatted(name, check.protocol(), check.port(), check.path());
        }
    }

    record SetGroupAttributes(String arn, String name, SortedMap<String, String> attributes)
            implements OnTargets {
        @Override
        public String describe() {
            return "set attributes of target group %s %s".formatted(name, attributes);
        }
    }

    record Register(String arn, String name, List<Seen.Target> targets) implements OnTargets {
        @Override
        public String describe() {
            return "register %s in %s".formatted(text(targets), name);
        }
    }

    record Deregister(String arn, String name, List<Seen.Target> targets) implements OnTargets {
        @Override
        public String describe() {
            return "deregister %s from %s".formatted(text(targets), name);
        }
    }

    record DeleteTargetGroup(String arn, String name) implements OnTargets {
        @Override
        public String describe() {
            return "delete target group " + name;
        }
    }

    record CreateListener(
            String balancerArn,
            Wanted.Listener listener,
            String targetGroupArn,
            SortedMap<String, String> tags)
            implements OnElb {
        @Override
        public String describe() {
            return "create listener %s to %s".formatted(listener.label(), listener.group());
        }
    }

    record ModifyListener(
            String balancerArn, String arn, Wanted.Listener listener, String targetGroupArn)
            implements OnElb {
        @Override
        public String describe() {
            return "modify listener %s to %s".formatted(listener.label(), listener.group());
        }
    }

    /// Adds a certificate beside the default one. AWS takes one in a call.
    record AddCertificate(String balancerArn, String arn, String label, String certificate)
            implements OnElb {
        @Override
        public String describe() {
            return "add certificate %s to listener %s".formatted(certificate, label);
        }
    }

    record RemoveCertificate(String balancerArn, String arn, String label, String certificate)
            implements OnElb {
        @Override
        public String describe() {
            return "remove certificate %s from listener %s".formatted(certificate, label);
        }
    }

    record DeleteListener(String balancerArn, String arn, String label) implements OnElb {
        @Override
        public String describe() {
            return "delete listener " + label;
        }
    }

    private static String text(List<Seen.Target> targets) {
        return targets.stream().map(t -> t.id() + ":" + t.port()).toList().toString();
    }
}
