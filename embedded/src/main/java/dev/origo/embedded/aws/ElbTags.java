package dev.origo.embedded.aws;

import dev.origo.embedded.aws.AwsSettings.Quota;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

/// Tags of load balancers, target groups and listeners.
final class ElbTags {
    private static final int DESCRIBED_MAX = 20;
    private final State state;

    ElbTags(State state) {
        this.state = state;
    }

    AddTagsResponse add(AddTagsRequest request) {
        String arn = theOnly(request.resourceArns());
        NavigableMap<String, String> all = state.tagsOf(arn);
        all.putAll(checked(request.tags()));
        state.tag(arn, withinLimit(all));
        return AddTagsResponse.builder().build();
    }

    RemoveTagsResponse remove(RemoveTagsRequest request) {
        String arn = theOnly(request.resourceArns());
        NavigableMap<String, String> all = state.tagsOf(arn);
        request.tagKeys().forEach(all::remove);
        state.tag(arn, all);
        return RemoveTagsResponse.builder().build();
    }

    /// Source: DescribeTags, "You can specify up to 20 resources in a single call".
    DescribeTagsResponse describe(DescribeTagsRequest request) {
        List<String> arns = request.resourceArns();
        if (arns.isEmpty() || arns.size() > DESCRIBED_MAX) {
            throw Faults.invalid(
                    "1 to %d resource ARNs in a call, not %d"
                            .formatted(DESCRIBED_MAX, arns.size()));
        }
        arns.forEach(this::requireExists);
        return DescribeTagsResponse.builder()
                .tagDescriptions(
                        arns.stream()
                                .map(arn ->
                                        TagDescription.builder()
                                                .resourceArn(arn)
                                                .tags(list(state.tagsOf(arn)))
                                                .build())
                                .toList())
                .build();
    }

    /// The tags of a create call, by key. Source: "Tag restrictions": keys of 1 to 128 characters,
    /// values up to 256, no key starts with `aws:`; DuplicateTagKeys.
    NavigableMap<String, String> checked(List<Tag> tags) {
        NavigableMap<String, String> all = new TreeMap<>();
        for (Tag tag : tags) {
            String value = tag.value() == null ? "" : tag.value();
            if (tag.key() == null
                    || tag.key().isEmpty()
                    || tag.key().length() > 128
                    || value.length() > 256) {
                throw Faults.invalid(
                        "a tag key has 1 to 128 characters, a value at most 256: '%s'"
                                .formatted(tag.key()));
            }
            if (tag.key().startsWith("aws:")) {
                throw Faults.invalid(
                        "'%s': tag keys that start with aws: are reserved".formatted(tag.key()));
            }
            if (all.put(tag.key(), value) != null) {
                throw Faults.elb(
                        "DuplicateTagKeys",
                        "Tag key '%s' was specified more than once".formatted(tag.key()));
            }
        }
        return withinLimit(all);
    }

    private NavigableMap<String, String> withinLimit(NavigableMap<String, String> all) {
        if (all.size() > state.settings.limit(Quota.TAGS)) {
            throw Faults.elb("TooManyTags", "%d tags on one resource".formatted(all.size()));
        }
        return all;
    }

    /// Source: the service's own message, reported in aws-sdk-go-v2 issue 2715; the API's shape
    /// says a list.
    private String theOnly(List<String> arns) {
        Set<String> distinct = new HashSet<>(arns);
        if (distinct.size() != 1) {
            throw Faults.invalid("Only one resource can be tagged at a time");
        }
        requireExists(arns.getFirst());
        return arns.getFirst();
    }

    private void requireExists(String arn) {
        if (arn.contains(":targetgroup/")) {
            state.targetGroup(arn);
            return;
        }
        if (arn.contains(":listener/")) {
            state.listener(arn);
            return;
        }
        if (arn.contains(":loadbalancer/")) {
            state.loadBalancer(arn);
            return;
        }
        throw Faults.invalid("'%s' is not a valid load balancer ARN".formatted(arn));
    }

    private static List<Tag> list(NavigableMap<String, String> tags) {
        return tags.entrySet().stream()
                .map(tag -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
    }
}
