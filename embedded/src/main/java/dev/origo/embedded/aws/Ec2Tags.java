package dev.origo.embedded.aws;

import dev.origo.embedded.aws.AwsSettings.Quota;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import software.amazon.awssdk.services.ec2.model.*;

/// Tags of EC2 things.
final class Ec2Tags {
    private final State state;

    Ec2Tags(State state) {
        this.state = state;
    }

    CreateTagsResponse create(CreateTagsRequest request) {
        NavigableMap<String, String> added = checked(request.tags());
        request.resources().forEach(this::requireExists);
        for (String id : request.resources()) {
            NavigableMap<String, String> all = state.tagsOf(id);
            all.putAll(added);
            state.tag(id, withinLimit(all));
        }
        return CreateTagsResponse.builder().build();
    }

    /// Source: DeleteTags, "If you omit this parameter, we delete all user-defined tags"; with a
    /// value only if it is that value.
    DeleteTagsResponse delete(DeleteTagsRequest request) {
        request.resources().forEach(this::requireExists);
        for (String id : request.resources()) {
            NavigableMap<String, String> all = state.tagsOf(id);
            if (!request.hasTags()) {
                all.clear();
            }
            for (Tag tag : request.tags()) {
                if (tag.value() == null || tag.value().equals(all.get(tag.key()))) {
                    all.remove(tag.key());
                }
            }
            state.tag(id, all);
        }
        return DeleteTagsResponse.builder().build();
    }

    /// The tags that a create call gives to things of this type. Specifications for another type
    /// are refused.
    NavigableMap<String, String> specified(
            List<TagSpecification> specifications, ResourceType type) {
        for (TagSpecification specification : specifications) {
            if (specification.resourceType() != type) {
                throw Faults.ec2(
                        "InvalidParameterValue",
                        "'%s' is not a valid taggable resource type for this operation."
                                .formatted(specification.resourceTypeAsString()));
            }
        }
        return checked(
                specifications.stream()
                        .flatMap(specification -> specification.tags().stream())
                        .toList());
    }

    /// Source: EC2 guide, "Tag restrictions"; TagLimitExceeded.
    private NavigableMap<String, String> checked(List<Tag> tags) {
        NavigableMap<String, String> all = new TreeMap<>();
        for (Tag tag : tags) {
            String key = tag.key() == null ? "" : tag.key();
            String value = tag.value() == null ? "" : tag.value();
            if (key.isEmpty()
                    || key.length() > 128
                    || value.length() > 256
                    || key.startsWith("aws:")) {
                throw Faults.ec2(
                        "InvalidParameterValue",
                        "'%s=%s' is not a valid tag".formatted(key, value));
            }
            if (all.put(key, value) != null) {
                throw Faults.ec2(
                        "InvalidParameterValue",
                        "Duplicate tag key '%s' specified.".formatted(key));
            }
        }
        return withinLimit(all);
    }

    private NavigableMap<String, String> withinLimit(NavigableMap<String, String> all) {
        if (all.size() > state.settings.limit(Quota.TAGS)) {
            throw Faults.ec2("TagLimitExceeded", "%d tags on one resource".formatted(all.size()));
        }
        return all;
    }

    private void requireExists(String id) {
        Map<String, Table<?>> tables =
                Map.of(
                        "vpc", state.vpcs,
                        "subnet", state.subnets,
                        "rtb", state.routeTables,
                        "i", state.instances,
                        "eipalloc", state.addresses,
                        "sg", state.securityGroups,
                        "sgr", state.rules);
        String kind = id.substring(0, Math.max(0, id.indexOf('-')));
        Table<?> table = tables.get(kind);
        if (table == null || table.find(id).isEmpty()) {
            String code = kind.equals("sg") ? "InvalidGroup.NotFound" : "InvalidID";
            throw Faults.ec2(code, "The ID '%s' is not valid".formatted(id));
        }
    }

    static List<Tag> list(NavigableMap<String, String> tags) {
        return tags.entrySet().stream()
                .map(tag -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
    }
}
