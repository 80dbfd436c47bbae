package dev.origo.dataplane;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// The targets of one listener, and which of them gets the next connection: a healthy one in turn;
/// any registered one when none is healthy (fail open). Source: health checks for target groups of
/// network load balancers.
final class Pool {
    final Prober prober;
    private final Counters counters;
    private final AtomicInteger turn = new AtomicInteger();
    private volatile Listener listener;
    private volatile List<Member> members = List.of();
    private volatile List<Member> serving = List.of();
    private volatile boolean failsOpen = true;

    Pool(Listener listener, Prober prober, Counters counters) {
        this.listener = listener;
        this.prober = prober;
        this.counters = counters;
    }

    Listener listener() {
        return listener;
    }

    /// Registered ones first, then those that drain.
    List<Member> members() {
        return members;
    }

    /// Whether no target is healthy, so that all get connections.
    boolean failsOpen() {
        return failsOpen;
    }

    /// Takes the wanted listener over: registers, deregisters and re-registers targets.
    void apply(Listener wanted) {
        apply(wanted, wanted.targets());
    }

    private synchronized void apply(Listener wanted, List<Target> targets) {
        boolean sameCheck = wanted.check().equals(listener.check());
        listener = wanted;
        List<Member> now = new ArrayList<>();
        for (Target target : targets) {
            Optional<Member> known = registered(target.key());
            known.filter(m -> !sameCheck || !m.target().equals(target))
                    .ifPresent(m -> m.update(target));
            now.add(known.orElseGet(() -> register(target)));
        }
        for (Member member : members) {
            if (now.contains(member)) {
                continue;
            }
            if (member.registered()) {
                member.deregister(System.nanoTime() + wanted.rules().drain().toNanos());
            }
            if (!member.idle()) {
                now.add(member);
            }
        }
        members = List.copyOf(now);
        healthChanged();
    }

    /// Deregisters all; connections may go on for the drain time.
    void close() {
        apply(listener, List.of());
    }

    /// Forgets deregistered targets without connections.
    synchronized void forget() {
        if (members.stream().anyMatch(m -> !m.registered() && m.idle())) {
            members = members.stream().filter(m -> m.registered() || !m.idle()).toList();
        }
    }

    Optional<Member> choose(InetAddress client) {
        List<Member> candidates = serving;
        if (candidates.isEmpty()) {
            return Optional.empty();
        }
        if (listener.rules().sticky()) {
            return candidates.stream().max(Comparator.comparingInt(m -> weight(m, client)));
        }
        return Optional.of(
                candidates.get(Math.floorMod(turn.getAndIncrement(), candidates.size())));
    }

    synchronized void healthChanged() {
        List<Member> registered = members.stream().filter(Member::registered).toList();
        List<Member> healthy = registered.stream().filter(Member::healthy).toList();
        failsOpen = healthy.isEmpty();
        serving = failsOpen ? registered : healthy;
    }

    private Optional<Member> registered(Target.Key key) {
        return members.stream()
                .filter(m -> m.registered() && m.target().key().equals(key))
                .findFirst();
    }

    private Member register(Target target) {
        Member member = new Member(this, counters, target);
        Thread.ofVirtual().name("probe " + target.id()).start(member::probe);
        return member;
    }

    /// Rendezvous hashing: a target that comes or goes moves only its own clients. Mixed to the
    /// end, or neighbouring addresses would all prefer one target. Source: MurmurHash3, fmix32
    private static int weight(Member member, InetAddress client) {
        int hash = Objects.hash(member.target().key(), client);
        hash ^= hash >>> 16;
        hash *= 0x85ebca6b;
        hash ^= hash >>> 13;
        hash *= 0xc2b2ae35;
        return hash ^ hash >>> 16;
    }
}
