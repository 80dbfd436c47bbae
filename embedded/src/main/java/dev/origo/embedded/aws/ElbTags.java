package dev.origo.embedded.aws;

import static dev.origo.embedded.aws.Faults.*;

import dev.origo.embedded.aws.AwsSettings.Quota;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

/// Tags of load balancers, target groups and listeners.
final class ElbTags {
    private static final int DESCRIBED_MAX = 20;

    /// Source: the shapes TagKey and TagValue.
    private static final String TEXT = "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]";

    private static final Pattern KEY = Pattern.compile("(?!aws:)" + TEXT + "{1,128}");
    private static final Pattern VALUE = Pattern.compile(TEXT + "{0,256}");

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
        int size = arns.size();
        invalidIf(size < 1 || size > DESCRIBED_MAX, "1 to 20 ARNs a call, not " + size);
        arns.forEach(this::requireExists);
        List<TagDescription> found =
                arns.stream()
                        .map(arn -> TagDescription.builder().resourceArn(arn).tags(of(arn)).build())
                        .toList();
        return DescribeTagsResponse.builder().tagDescriptions(found).build();
    }

    private List<Tag> of(String arn) {
        return Pairs.list(
                state.tagsOf(arn), (key, value) -> Tag.builder().key(key).value(value).build());
    }

    /// The tags of a call, by key. Source: "Tag restrictions", no key starts with `aws:`;
    /// DuplicateTagKeys.
    NavigableMap<String, String> checked(List<Tag> tags) {
        NavigableMap<String, String> all =
                Pairs.map(tags, tag -> String.valueOf(tag.key()), Tag::value);
        all.forEach((key, value) ->
                invalidIf(
                        !KEY.matcher(key).matches() || !VALUE.matcher(value).matches(),
                        "'" + key + "=" + value + "' is no valid tag"));
        elbIf(all.size() < tags.size(), "DuplicateTagKeys", "A key was given more than once");
        return withinLimit(all);
    }

    private NavigableMap<String, String> withinLimit(NavigableMap<String, String> all) {
        boolean over = all.size() > state.settings.limit(Quota.TAGS);
        elbIf(over, "TooManyTags", "The limit on tags has been reached");
        return all;
    }

    /// Source: the service's own message, reported in aws-sdk-go-v2 issue 2715; the API's shape
    /// says a list.
    private String theOnly(List<String> arns) {
        Set<String> distinct = new HashSet<>(arns);
        invalidIf(distinct.size() != 1, "Only one resource can be tagged at a time");
        requireExists(arns.getFirst());
        return arns.getFirst();
    }

    private void requireExists(String arn) {
        String kind = arn.replaceFirst(".*:([a-z]+)/.*", "$1");
        switch (kind) {
            case "targetgroup" -> state.targetGroup(arn);
            case "listener" -> state.listener(arn);
            case "loadbalancer" -> state.loadBalancer(arn);
            default -> invalidIf(true, "'" + arn + "' is not a valid ARN");
        }
    }
}
