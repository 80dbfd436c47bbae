package dev.origo.aws;

import dev.origo.aws.Standing.Spot;
import dev.origo.model.OwnerId;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import dev.origo.spi.Tasks;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// Who needs the cluster's shared security group, and which ports of which node groups admit it.
///
/// A rule is taken back only when nobody needs it. What Services of an earlier process need is read
/// from their target groups, so the book is complete from the first listing on.
///
/// Thread rule: any thread. The lock guards all fields; no call to AWS is made under it. A rule
/// that is being opened or closed is in flight, and whoever needs it waits for that.
final class RuleBook {
    private static final int ROUNDS_MAX = 5;

    private final Tasks tasks;
    private final int rulesMax;

    private String group = "";
    private boolean rulesKnown;
    private boolean releasing;
    private CompletableFuture<String> making = CompletableFuture.completedFuture("");
    private long version;
    private long groupSince; // the version when the group became this one
    private long doubtedSince; // the version when the rules were last doubted
    private Set<String> strangers = Set.of();
    private final Users users = new Users();
    private final Claims claims = new Claims();
    private final Map<String, Need> learned = new HashMap<>();
    private final Map<String, Long> deleted = new HashMap<>();
    private final Standing standing = new Standing();
    private final Map<Spot, CompletableFuture<Boolean>> inFlight = new HashMap<>();

    RuleBook(Tasks tasks, int rulesMax) {
        this.tasks = tasks;
        this.rulesMax = rulesMax;
    }

    /// What a target group tells of its owner's needs.
    ///
    /// @param owner the owner's hash
    record Need(String owner, SortedSet<NodeRule> rules) {}

    private record Turn(SortedSet<NodeRule> mine, List<CompletableFuture<Boolean>> others) {}

    /// A mark for [#learn] and [#learnRules]: what happens from now on is newer than what is read.
    synchronized long version() {
        return version;
    }

    /// Takes over what a listing told.
    ///
    /// @param asOf the version before the listing began
    /// @param needs by target group ARN
    synchronized void learn(long asOf, String listedGroup, Map<String, Need> needs) {
        deleted.values().removeIf(at -> at <= asOf);
        learned.clear();
        learned.putAll(needs);
        learned.keySet().removeAll(deleted.keySet());
        learned.keySet().removeAll(strangers);
        boolean isNews = groupSince <= asOf && making.isDone() && !releasing;
        if (isNews && !listedGroup.equals(group)) {
            isNow(listedGroup, false);
        }
    }

    /// Target groups that are not ours need nothing. Until this tells so, each with a derived name
    /// counts.
    synchronized void strangers(Set<String> targetGroupArns) {
        strangers = Set.copyOf(targetGroupArns);
        learned.keySet().removeAll(strangers);
    }

    /// An audit found something of these owners, by their hashes.
    synchronized void audited(Set<String> found) {
        claims.forget(users.audited(found, claims.owners()));
    }

    /// Takes over which node groups admit the shared group.
    ///
    /// @param asOf the version before that was read: a rule that was opened or closed since then,
    ///   or is in flight, is as the book has it
    synchronized void learnRules(
            long asOf, String ofGroup, Map<String, SortedSet<NodeRule>> rules) {
        if (!ofGroup.equals(group)) {
            return;
        }
        standing.read(asOf, rules, inFlight.keySet());
        rulesKnown = doubtedSince <= asOf;
    }

    /// The rules are to be looked up anew.
    synchronized void doubtRules() {
        rulesKnown = false;
        doubtedSince = ++version;
    }

    private void isNow(String newGroup, boolean isKnown) {
        group = newGroup;
        groupSince = ++version;
        standing.clear();
        rulesKnown = isKnown;
    }

    synchronized String group() {
        return group;
    }

    /// The owner's part.
    synchronized AwsObserved.Shared view(OwnerId owner) {
        SortedMap<String, SortedSet<NodeRule>> opened = new TreeMap<>();
        SortedSet<NodeRule> told = learnedOf(owner.hash());
        standing.all()
                .forEach((nodeGroup, rules) -> {
                    SortedSet<NodeRule> held =
                            new TreeSet<>(claims.open(owner.hash(), nodeGroup, told));
                    held.removeIf(rule -> !NodeRule.covered(rules, rule));
                    if (!held.isEmpty()) {
                        opened.put(nodeGroup, Sorted.set(held));
                    }
                });
        return new AwsObserved.Shared(
                group,
                rulesKnown || group.isEmpty(),
                Collections.unmodifiableSortedMap(opened),
                isUser(owner.hash()),
                !group.isEmpty() && !isUser(owner.hash()) && !hasUsersBeside(owner.hash()));
    }

    /// Rules that nobody needs, as the part of the shared owner. It uses the group while nobody
    /// else does.
    synchronized AwsObserved.Shared unneeded(OwnerId shared) {
        SortedMap<String, SortedSet<NodeRule>> strays = new TreeMap<>();
        standing.all()
                .keySet()
                .forEach(nodeGroup -> {
                    SortedSet<NodeRule> rules = closable(nodeGroup);
                    if (!rules.isEmpty()) {
                        strays.put(nodeGroup, rules);
                    }
                });
        boolean unused = !group.isEmpty() && !hasUsersBeside(shared.hash());
        return new AwsObserved.Shared(
                group, true, Collections.unmodifiableSortedMap(strays), unused, false);
    }

    /// The target group is gone. What it told stays claimed: another group of the owner may need
    /// the same ports, and who closes them says so.
    synchronized void deleted(String targetGroupArn) {
        version++;
        deleted.put(targetGroupArn, version);
        Optional.ofNullable(learned.get(targetGroupArn)).ifPresent(need -> settle(need.owner()));
    }

    /// Notes that the owner uses the group from now on.
    synchronized void use(OwnerId owner, String expectedGroup) {
        if (!expectedGroup.isEmpty()) {
            requireGroup(expectedGroup);
            users.add(owner.hash());
        }
    }

    /// The shared group's id; the first who asks makes it.
    String ensure(OwnerId owner, Supplier<String> make) {
        CompletableFuture<String> mine = new CompletableFuture<>();
        CompletableFuture<String> others;
        boolean first;
        synchronized (this) {
            if (releasing) {
                throw conflict("the shared security group is being deleted");
            }
            users.add(owner.hash());
            if (!group.isEmpty()) {
                return group;
            }
            first = making.isDone();
            others = making;
            if (first) {
                making = mine;
            }
        }
        if (!first) {
            return tasks.await(others);
        }
        try {
            String made = make.get();
            synchronized (this) {
                isNow(made, true);
            }
            mine.complete(made);
            return made;
        } catch (RuntimeException | Error e) {
            mine.completeExceptionally(e);
            throw e;
        }
    }

    /// Makes sure that a node group admits what the owner needs.
    ///
    /// @param authorize adds rules; answers those that it really added
    void open(AwsStep.OpenNodes step, UnaryOperator<SortedSet<NodeRule>> authorize) {
        for (int round = 0; round < ROUNDS_MAX; round++) {
            CompletableFuture<Boolean> done = new CompletableFuture<>();
            Turn turn = openTurn(step, done);
            if (!turn.mine().isEmpty()) {
                SortedSet<NodeRule> added = Sorted.none();
                try {
                    added = authorize.apply(turn.mine());
                } finally {
                    land(step.group(), turn.mine(), added);
                    done.complete(true);
                }
            }
            if (turn.others().isEmpty()) {
                return;
            }
            turn.others().forEach(tasks::await);
        }
        throw conflict("the rules of node group %s keep changing".formatted(step.group()));
    }

    private synchronized Turn openTurn(AwsStep.OpenNodes step, CompletableFuture<Boolean> done) {
        requireGroup(step.shared());
        users.add(step.owner().hash());
        settle(step.owner().hash());
        claims.opened(step.owner().hash(), step.group(), step.rules());
        SortedSet<NodeRule> stands = standing.in(step.group());
        SortedSet<NodeRule> coming = new TreeSet<>(stands);
        List<CompletableFuture<Boolean>> others = new ArrayList<>();
        inFlight.forEach((spot, future) -> {
            if (spot.nodeGroup().equals(step.group())) {
                coming.add(spot.rule());
                if (step.rules().stream().anyMatch(spot.rule()::covers)) {
                    others.add(future);
                }
            }
        });
        SortedSet<NodeRule> mine = NodeRule.additions(coming, step.rules(), rulesMax);
        mine.forEach(rule -> inFlight.put(new Spot(step.group(), rule), done));
        return new Turn(mine, others);
    }

    /// Takes back what the owner has open in a node group, and whatever else nobody needs there.
    void close(AwsStep.CloseNodes step, Consumer<SortedSet<NodeRule>> revoke) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        SortedSet<NodeRule> mine;
        synchronized (this) {
            settle(step.owner().hash());
            claims.closed(step.owner().hash(), step.group(), step.rules());
            if (!step.shared().equals(group)) {
                return; // the group is gone, and its rules with it
            }
            mine = closable(step.group());
            mine.forEach(rule -> inFlight.put(new Spot(step.group(), rule), done));
            standing.remove(step.group(), mine);
        }
        if (mine.isEmpty()) {
            return;
        }
        SortedSet<NodeRule> back = mine;
        try {
            revoke.accept(mine);
            back = Sorted.none();
        } finally {
            land(step.group(), mine, back);
            reclaim(step, back);
            done.complete(true);
        }
    }

    /// What could not be taken back is the owner's still, so that its next plan tries again.
    private synchronized void reclaim(AwsStep.CloseNodes step, SortedSet<NodeRule> back) {
        TreeSet<NodeRule> kept = new TreeSet<>(step.rules());
        kept.retainAll(back);
        claims.opened(step.owner().hash(), step.group(), kept);
    }

    /// The owner lets go of the group. The last one deletes it, with every rule that refers to it.
    void release(
            AwsStep.ReleaseShared step, Consumer<SortedMap<String, SortedSet<NodeRule>>> delete) {
        String owner = step.owner().hash();
        SortedMap<String, SortedSet<NodeRule>> rules;
        synchronized (this) {
            users.remove(owner);
            claims.forget(Set.of(owner));
            if (group.isEmpty() || releasing || !inFlight.isEmpty() || hasUsersBeside(owner)) {
                return;
            }
            releasing = true;
            rules = new TreeMap<>(standing.all());
            rules.values().removeIf(set -> set.isEmpty());
        }
        boolean gone = false;
        try {
            delete.accept(rules);
            gone = true;
        } finally {
            synchronized (this) {
                releasing = false;
                if (gone) {
                    isNow("", false);
                } else {
                    doubtRules();
                    if (!step.owner().equals(AwsNames.shared(step.owner().cluster()))) {
                        users.add(owner);
                    }
                }
            }
        }
    }

    private synchronized void land(
            String nodeGroup, SortedSet<NodeRule> tried, SortedSet<NodeRule> stand) {
        version++;
        tried.forEach(rule -> inFlight.remove(new Spot(nodeGroup, rule)));
        standing.landed(nodeGroup, tried, stand, version);
    }

    /// Turns what was learned of an owner into claims, which tell node groups apart.
    private void settle(String owner) {
        SortedSet<NodeRule> anywhere = learnedOf(owner);
        standing.all()
                .forEach((nodeGroup, rules) -> {
                    TreeSet<NodeRule> there = new TreeSet<>(anywhere);
                    there.removeIf(rule -> !NodeRule.covered(rules, rule));
                    claims.told(owner, nodeGroup, there);
                });
        learned.values().removeIf(need -> need.owner().equals(owner));
    }

    private SortedSet<NodeRule> closable(String nodeGroup) {
        SortedSet<NodeRule> needed = new TreeSet<>();
        learned.values().forEach(need -> needed.addAll(need.rules()));
        needed.addAll(claims.in(nodeGroup));
        return Sorted.set(
                standing.in(nodeGroup).stream()
                        .filter(rule -> needed.stream().noneMatch(rule::covers))
                        .toList());
    }

    private SortedSet<NodeRule> learnedOf(String owner) {
        SortedSet<NodeRule> rules = new TreeSet<>();
        learned.values().stream()
                .filter(need -> need.owner().equals(owner))
                .forEach(need -> rules.addAll(need.rules()));
        return rules;
    }

    private boolean isUser(String owner) {
        return users.has(owner)
                || claims.hasAny(owner)
                || learned.values().stream().anyMatch(need -> need.owner().equals(owner));
    }

    private boolean hasUsersBeside(String owner) {
        return users.hasOneBeside(owner)
                || claims.hasAnyBeside(owner)
                || learned.values().stream().anyMatch(need -> !need.owner().equals(owner));
    }

    private void requireGroup(String expected) {
        if (releasing || !group.equals(expected)) {
            throw conflict("the shared security group was deleted or replaced");
        }
    }

    private static CloudException conflict(String message) {
        return new CloudException("ec2:SecurityGroups", new CloudFailure.Conflict(message));
    }
}
