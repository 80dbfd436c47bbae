package dev.origo.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// What each target is fed without a fuzzer: good and bad examples, and damaged ones, by seeds. The
/// fuzzer starts from the same.
public final class Inputs {
    private static final int FIXED = 200;
    private static final int FRESH = 50;
    private static final int CUTS_MAX = 4;

    /// `-Dfuzz.seed=N` damages as that run did.
    private static final long SEED = Long.getLong("fuzz.seed", new SplittableRandom().nextLong());

    private Inputs() {}

    /// The examples as they are, and what damage makes of them.
    public static Stream<byte[]> of(List<String> examples) {
        List<byte[]> whole =
                examples.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
        return ofBytes(whole);
    }

    public static Stream<byte[]> ofBytes(List<byte[]> examples) {
        System.out.println("fuzz: the fresh damage is of -Dfuzz.seed=" + SEED);
        LongStream seeds =
                LongStream.concat(
                        LongStream.rangeClosed(1, FIXED), new SplittableRandom(SEED).longs(FRESH));
        return Stream.concat(
                examples.stream(),
                seeds.mapToObj(seed -> damaged(examples, new SplittableRandom(seed))));
    }

    /// Pieces of examples, put together with some bytes cut out, repeated or replaced.
    private static byte[] damaged(List<byte[]> examples, SplittableRandom random) {
        List<Byte> bytes = new ArrayList<>();
        add(bytes, one(examples, random));
        for (int cuts = 1 + random.nextInt(CUTS_MAX); cuts > 0; cuts--) {
            int from = random.nextInt(bytes.size() + 1);
            int to = from + random.nextInt(Math.min(bytes.size() - from, 8) + 1);
            List<Byte> piece = bytes.subList(from, to);
            switch (random.nextInt(5)) {
                case 0 -> piece.clear();
                case 1 -> bytes.addAll(to, new ArrayList<>(piece));
                case 2 -> piece.replaceAll(_ -> (byte) random.nextInt(256));
                case 3 ->
                        bytes.add(
                                from,
                                (byte) " \t\r\n\0/:,.-%{}[]\"09aZ".charAt(random.nextInt(20)));
                default -> bytes.addAll(from, tail(one(examples, random), random));
            }
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        bytes.forEach(all::write);
        return all.toByteArray();
    }

    private static byte[] one(List<byte[]> examples, SplittableRandom random) {
        return examples.get(random.nextInt(examples.size()));
    }

    private static List<Byte> tail(byte[] example, SplittableRandom random) {
        List<Byte> all = new ArrayList<>();
        add(all, example);
        return all.subList(random.nextInt(all.size() + 1), all.size());
    }

    private static void add(List<Byte> to, byte[] bytes) {
        for (byte b : bytes) {
            to.add(b);
        }
    }
}
